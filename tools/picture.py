"""Draws the portal's first page as an SVG for the README: boxes and texts where the browser put them.

A picture out of text stays readable at any size, shows in a diff what changed, and is no binary file.
"""

import sys
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tools.browser import ROOT, chromium, served

TARGET = ROOT / "docs" / "pictures" / "portal.svg"
WIDTH, HEIGHT = 1180, 860
LOOK = """
() => {
  const found = [], canvas = document.createElement('canvas').getContext('2d');
  const round = value => Math.round(value * 10) / 10;
  const clear = colour => colour === 'transparent' || /, 0\\)$/.test(colour);
  const seen = element => element.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && !element.closest('.hidden, .skip, script, style, head');
  const say = (text, rect, style) => {
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const metrics = canvas.measureText(text);
    const height = metrics.fontBoundingBoxAscent + metrics.fontBoundingBoxDescent;
    found.push({kind: 'text', text, x: round(rect.left), width: round(rect.width), size: parseFloat(style.fontSize),
      y: round(rect.top + (rect.height - height) / 2 + metrics.fontBoundingBoxAscent), weight: style.fontWeight,
      fill: style.color, underline: style.textDecorationLine.includes('underline')});
  };
  const box = element => {
    const style = getComputedStyle(element), rect = element.getBoundingClientRect();
    if (rect.width < 1 || rect.height < 1) return;
    const sides = ['Top', 'Right', 'Bottom', 'Left'].map(side => ({width: parseFloat(style[`border${side}Width`]),
      colour: style[`border${side}Color`]})).map(side => clear(side.colour) ? {...side, width: 0} : side);
    const even = sides.every(side => side.width === sides[0].width && side.colour === sides[0].colour);
    const place = {x: round(rect.left), y: round(rect.top), width: round(rect.width), height: round(rect.height)};
    if (!clear(style.backgroundColor) || (even && sides[0].width))
      found.push({kind: 'box', ...place, radius: Math.min(parseFloat(style.borderTopLeftRadius) || 0, rect.height / 2),
        fill: clear(style.backgroundColor) ? 'none' : style.backgroundColor,
        stroke: even && sides[0].width ? sides[0].colour : 'none', thick: sides[0].width});
    if (even) return;
    const [top, right, bottom, left] = sides;
    const line = (x, y, width, height, fill) => found.push({kind: 'box', x: round(x), y: round(y), width: round(width),
      height: round(height), radius: 0, fill, stroke: 'none', thick: 0});
    if (top.width) line(rect.left, rect.top, rect.width, top.width, top.colour);
    if (bottom.width) line(rect.left, rect.bottom - bottom.width, rect.width, bottom.width, bottom.colour);
    if (left.width) line(rect.left, rect.top, left.width, rect.height, left.colour);
    if (right.width) line(rect.right - right.width, rect.top, right.width, rect.height, right.colour);
  };
  const words = node => {
    const style = getComputedStyle(node.parentElement), range = document.createRange(), lines = [];
    for (const match of node.data.matchAll(/\\S+/g)) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const rect = range.getBoundingClientRect(), last = lines.at(-1);
      if (!rect.width) continue;
      if (last && Math.abs(last.top - rect.top) < 3) Object.assign(last, {text: last.text + ' ' + match[0],
        width: rect.right - last.left});
      else lines.push({text: match[0], left: rect.left, top: rect.top, width: rect.width, height: rect.height});
    }
    for (const line of lines) say(line.text, line, style);
  };
  const walk = element => {
    if (!seen(element)) return;
    box(element);
    if (element.matches('input:not([type=hidden]), textarea')) {
      const style = getComputedStyle(element), rect = element.getBoundingClientRect(), text = element.value;
      canvas.font = `${style.fontSize} ${style.fontFamily}`;
      if (text) say(text, {left: rect.left + parseFloat(style.paddingLeft) + 1, top: rect.top, height: rect.height,
        width: canvas.measureText(text).width}, style);
      return;
    }
    if (element.matches('details:not([open])')) { walk(element.querySelector('summary')); return; }
    for (const node of element.childNodes)
      if (node.nodeType === Node.TEXT_NODE) words(node);
      else if (node.nodeType === Node.ELEMENT_NODE) walk(node);
  };
  walk(document.body);
  return {shapes: found, ground: getComputedStyle(document.documentElement).backgroundColor};
}
"""


def drawn(shapes: list[dict[str, Any]], ground: str) -> str:
    """The picture as SVG; what lies below its edge is left out."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
            ' font-family="system-ui, sans-serif" role="img" aria-label="The first page of the portal">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{"#fff" if ground.endswith(", 0)") else ground}"/>',
    ]
    for one in shapes:
        if one["y"] > HEIGHT:
            continue
        if one["kind"] == "box":
            radius = f' rx="{one["radius"]:g}"' if one["radius"] else ""
            stroke = f' stroke="{one["stroke"]}" stroke-width="{one["thick"]:g}"' if one["stroke"] != "none" else ""
            parts.append(
                f'<rect x="{one["x"]:g}" y="{one["y"]:g}" width="{one["width"]:g}" height="{one["height"]:g}"{radius}'
                f' fill="{one["fill"]}"{stroke}/>'
            )
            continue
        weight = f' font-weight="{one["weight"]}"' if one["weight"] != "400" else ""
        under = ' text-decoration="underline"' if one["underline"] else ""
        parts.append(
            f'<text x="{one["x"]:g}" y="{one["y"]:g}" font-size="{one["size"]:g}" fill={quoteattr(one["fill"])}{weight}'
            f'{under} textLength="{one["width"]:g}" lengthAdjust="spacingAndGlyphs">{escape(one["text"])}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Draw it."""
    with served() as url, chromium() as browser:
        page = browser.new_page(base_url=url, locale="fr-BE", viewport={"width": WIDTH, "height": HEIGHT})
        page.goto("/")
        page.get_by_role("button", name="Anne Lambert").click()
        page.wait_for_load_state("load")
        seen = page.evaluate(LOOK)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(drawn(seen["shapes"], seen["ground"]))
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
