// While the pointer is pressed nothing under it is exchanged: what comes in waits until it is let go. Leaving a field
// asks the register again, and the answer would else take away the very button that is being pressed.
"use strict";
{
  let isPressed = false;
  const waiting = new Map();

  const letGo = () => {
    isPressed = false;
    setTimeout(() => {  // the click itself comes first, on a touch screen a little later
      if (isPressed) return;
      for (const [target, content] of waiting) htmx.swap(target, content, { swapStyle: "innerHTML" });
      waiting.clear();
    }, 50);
  };

  addEventListener("pointerdown", () => { isPressed = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, letGo, true);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, shouldSwap } = event.detail;
    if (!shouldSwap) return;
    waiting.delete(target);  // what comes now is newer
    if (!isPressed) return;
    event.detail.shouldSwap = false;
    // A page that asks every other second asks again by itself.
    if (!target.closest("[hx-swap]")) waiting.set(target, serverResponse);
  });
}
