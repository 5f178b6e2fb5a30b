"""How the page looks, by light and by dark. Words have a contrast of 4.5 at least, pictures of 3 (WCAG 2.2)."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

LIGHT: Final = {
    "bg": "#ffffff", "panel": "#f4f6f8", "fg": "#1b1f24", "dim": "#545c66", "line": "#d3d9df", "link": "#0a4fb8",
    "none": "#e7ebef", "c1": "#6d94cf", "c2": "#3f6fb5", "c3": "#1f4c8f", "c4": "#0c2b5a", "gap": "#c22f1d",
    "ok": "#1a6b3a", "warning": "#8a5200", "critical": "#b3261e", "on": "#ffffff", "bar": "#3f6fb5", "usual": "#8a5200",
    "s0": "#2f67b1", "s1": "#00857a", "s2": "#a86400", "s3": "#8757b8", "s4": "#c22f1d", "s5": "#6f7780",
    "s6": "#7c5a46",
}  # fmt: skip
DARK: Final = {
    "bg": "#12161c", "panel": "#1a2029", "fg": "#e7ebf0", "dim": "#a7b0bb", "line": "#36404c", "link": "#8db8ff",
    "none": "#262e38", "c1": "#4a74b3", "c2": "#6f9bdb", "c3": "#a3c3f2", "c4": "#e2edff", "gap": "#ff8a75",
    "ok": "#7fd6a0", "warning": "#f2b866", "critical": "#ff9d91", "on": "#12161c", "bar": "#6f9bdb", "usual": "#f2b866",
    "s0": "#6fa3ec", "s1": "#35b8aa", "s2": "#dda04a", "s3": "#b692e0", "s4": "#ff8a75", "s5": "#98a2ad",
    "s6": "#bd947b",
}  # fmt: skip
SERIES: Final = 7
LEVELS: Final = 4


def _colours(values: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())


STYLE: Final = (
    f":root{{color-scheme:light dark;{_colours(LIGHT)}}}"
    f"@media (prefers-color-scheme:dark){{:root{{{_colours(DARK)}}}}}"
    """
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK JP",sans-serif}
header,main,footer{max-width:62rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:2.5rem 0 .6rem;padding-top:.8rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
p{margin:.3rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.3rem .6rem}
.dim,figcaption,caption{color:var(--dim)}
.state{display:inline-block;padding:.1rem .7rem;border-radius:.3rem;font-weight:650;color:var(--on)}
.OK{background:var(--ok)}.WARNING{background:var(--warning)}.CRITICAL{background:var(--critical)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:.8rem 0 0}
nav a{display:inline-block;padding:.25rem 0}
ul.concerns{list-style:none;padding:0;margin:.5rem 0}
ul.concerns li{padding:.45rem .8rem;margin:.35rem 0;background:var(--panel);border-left:.3rem solid var(--line);
overflow-wrap:anywhere}
ul.concerns li.critical{border-color:var(--critical)}ul.concerns li.warning{border-color:var(--warning)}
ul.concerns strong{margin-right:.5rem}
li.critical strong{color:var(--critical)}li.warning strong{color:var(--warning)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin:.6rem 0;background:var(--panel);
padding:.8rem 1rem;border-radius:.4rem}
dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
figure{margin:1.4rem 0}
figcaption{margin-bottom:.4rem}
.scroll{overflow-x:auto;max-width:100%;padding:3px}
svg{display:block;max-width:none}
svg text{fill:var(--dim);font:11px system-ui,"Noto Sans",sans-serif}
svg .year{fill:var(--fg);font-weight:650;font-size:13px}
.none{fill:var(--none)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}
.gap{fill:var(--bg);stroke:var(--gap);stroke-width:1.5}
.bar{fill:var(--bar)}.usual{stroke:var(--usual);stroke-width:1.5;stroke-dasharray:5 4;fill:none}
.axis{stroke:var(--line);fill:none}
.s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}.s5{fill:var(--s5)}
.s6{fill:var(--s6)}
ul.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;padding:0;margin:.3rem 0;font-size:.875rem}
ul.legend svg{display:inline-block;vertical-align:-1px;margin-right:.4rem}
details{margin:.3rem 0}
summary{cursor:pointer;color:var(--link);padding:.25rem 0}
table{border-collapse:collapse;font-size:.875rem}
caption{text-align:left;padding:.2rem 0}
th,td{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top;
font-weight:400}
thead th{color:var(--dim);white-space:nowrap}
tbody th{white-space:nowrap}
td.d{white-space:nowrap}
td.n{text-align:right;font-variant-numeric:tabular-nums}
footer{margin-top:3rem;padding-bottom:2rem;color:var(--dim);font-size:.875rem}
@media (max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}h1{font-size:1.35rem}}
@media (forced-colors:active){svg{forced-color-adjust:none;background:#fff}}
@media print{.scroll{overflow:visible}details{display:none}}
"""
)

#: Nothing is loaded, run or sent; of styles only this one is taken.
POLICY: Final = (
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)
