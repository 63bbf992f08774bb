extension ReportPage {
    /// The style of every page. Colours meet WCAG 2.2 AA against the background of both schemes; each tone has a mark and
    /// words beside its colour.
    package static let styleSheet: StaticString = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#545d68;--line:#c9d1d9;--card:#f6f8fa;\
        --link:#0b57d0;--bad:#b42318;--warn:#8a4b00;--ok:#1a6b34;--unknown:#6639a6}
        @media (prefers-color-scheme:dark){:root{--bg:#0f1419;--fg:#e6edf3;--dim:#9aa7b4;--line:#3a434d;\
        --card:#171d24;--link:#8ab4f8;--bad:#ff8a80;--warn:#f2b84b;--ok:#6fd08c;--unknown:#c9a6ff}}
        *{box-sizing:border-box}
        html{scroll-behavior:auto}
        body{font:1rem/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:84rem;margin:0 auto;\
        padding:1rem;overflow-wrap:anywhere}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,input:focus-visible,select:focus-visible,button:focus-visible,\
        .scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .skip{position:absolute;left:-99rem}
        .skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.5rem;z-index:1}
        header{display:flex;flex-wrap:wrap;gap:0 1.5rem;border-bottom:1px solid var(--line);margin-bottom:1rem}
        header p{margin:0 0 .5rem}
        .name{font-weight:600}
        .dim,.more,.remedy{color:var(--dim)}
        h1{font-size:1.75rem;line-height:1.2;margin:.25rem 0 .5rem}
        h2{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem}
        h3{font-size:1rem;margin:0 0 .25rem}
        p{margin:0 0 .5rem;max-width:75ch}
        ul{margin:0 0 .5rem;padding-left:1.25rem}
        li{margin:.15rem 0}
        section{margin:0 0 2rem}
        code{font:.875em/1.4 ui-monospace,monospace}
        a,b,bdi,code,strong,td,th{unicode-bidi:isolate}
        .tone::before{margin-right:.3em}
        .bad>.tone,.tone.bad{color:var(--bad)}
        .tone.bad::before{content:"\\2715" / ""}
        .tone.warn{color:var(--warn)}
        .tone.warn::before{content:"\\25B2" / ""}
        .tone.ok{color:var(--ok)}
        .tone.ok::before{content:"\\2713" / ""}
        .tone.unknown{color:var(--unknown)}
        .tone.unknown::before{content:"?" / ""}
        .tone.plain{color:var(--dim);font-weight:400}
        .notice,.verdict,.cause,.zone,.pair>section{background:var(--card);border:1px solid var(--line);\
        border-radius:.375rem;padding:.75rem 1rem}
        .notice,.verdict,.cause{border-left:.375rem solid var(--dim)}
        .notice.bad,.verdict.bad,.cause.bad{border-left-color:var(--bad)}
        .verdict.warn,.cause.warn{border-left-color:var(--warn)}
        .verdict.ok{border-left-color:var(--ok)}
        .verdict.unknown{border-left-color:var(--unknown)}
        .verdict{margin-bottom:1rem}
        .verdict p:first-child{text-transform:uppercase;letter-spacing:.05em;margin:0}
        .verdict p{max-width:none}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem;\
        margin-bottom:1.5rem}
        .pair>section{margin:0}
        .cause{margin:0 0 .75rem}
        .cause p{margin:.15rem 0;max-width:none}
        .remedy::before{content:"\\2192  " / "Remedy: "}
        td .remedy{margin:.15rem 0 0}
        .contents ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:0 0 1.5rem}
        .scroll{overflow-x:auto;margin:0 0 .75rem;overflow-wrap:normal}
        table{border-collapse:collapse;width:100%}
        caption{text-align:left;font-weight:600;padding:0 0 .25rem}
        th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
        thead th{color:var(--dim);font-weight:600;white-space:nowrap}
        tbody th{font-weight:400;overflow-wrap:anywhere;min-width:8rem}
        td:last-child{overflow-wrap:anywhere;min-width:12rem}
        th[aria-sort=ascending] a::after{content:" \\2191" / ""}
        th[aria-sort=descending] a::after{content:" \\2193" / ""}
        .zones{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:1rem;\
        align-items:start}
        .tiles{list-style:none;padding:0;margin:0;display:grid;\
        grid-template-columns:repeat(auto-fill,minmax(min(8.5rem,100%),1fr));gap:.375rem}
        .tiles li{background:var(--bg);border:1px solid var(--line);border-left:.25rem solid var(--ok);\
        border-radius:.25rem;padding:.25rem .5rem;margin:0;font-size:.8125rem;line-height:1.35}
        .tiles b,.tiles i,.tiles a{display:block;font-style:normal}
        .tiles b{color:var(--ok)}
        .tiles b::before{content:"\\2713  " / ""}
        .tiles .bad{border:2px solid var(--bad);border-left-width:.375rem}
        .tiles .bad b{color:var(--bad)}
        .tiles .bad b::before{content:"\\2715  " / ""}
        .tiles .warn{border-left-color:var(--warn);border-style:dashed}
        .tiles .warn b{color:var(--warn)}
        .tiles .warn b::before{content:"\\25B2  " / ""}
        .tiles i{color:var(--dim)}
        .facts{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:0 0 1.5rem}
        .facts dt{color:var(--dim)}
        .facts dd{margin:0}
        .filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin-bottom:.5rem}
        input,select,button{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--dim);\
        border-radius:.25rem;padding:.2rem .5rem;max-width:100%}
        footer{border-top:1px solid var(--line);padding-top:1rem;color:var(--dim)}
        @media print{.contents,.filter,.skip,footer,.more a{display:none}body{max-width:none;padding:0}\
        .scroll{overflow:visible}.cause,.zone,.tiles li,tr{break-inside:avoid}\
        details::details-content{content-visibility:visible}}

        """
}
