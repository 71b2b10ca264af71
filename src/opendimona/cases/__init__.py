"""Case files: what a rule means, written as declarations and the answers that they must get.

`reader` turns YAML into cases, `runner` plays a case against a sandbox and says what differs;
`in_process` and `over_http` are the two kinds of sandbox.
"""
