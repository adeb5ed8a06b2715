/// The style sheet of reports.
enum ReportStyle {
    static let sheet = """
        :root{\(Palette.lightVariables)}
        @media screen and (prefers-color-scheme:dark){:root{\(Palette.darkVariables)}}
        \(ChartStyle.rules)
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:62rem;margin:0 auto;padding:3rem 1.25rem 4rem}
        header{margin-bottom:2.5rem}
        h1{font-size:1.9rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:0;overflow-wrap:anywhere}
        h2{font-size:1.15rem;line-height:1.3;font-weight:650;margin:0 0 1rem;overflow-wrap:anywhere}
        .subtitle{color:var(--muted);margin:.4rem 0 0;overflow-wrap:anywhere}
        section{border-top:1px solid var(--grid);padding-top:1.5rem;margin-top:2.25rem}
        p{max-width:42rem;margin:0 0 1rem;overflow-wrap:anywhere}
        dl{margin:0 0 1.25rem}
        dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        dt{color:var(--muted)}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:0 2.5rem;
        font-size:.9rem}
        .facts div{display:flex;justify-content:space-between;gap:1.25rem;padding:.32rem 0;
        border-bottom:1px solid var(--grid)}
        .facts dd{text-align:right}
        .figures{display:flex;flex-wrap:wrap;gap:1rem 2.75rem}
        .figures div{display:flex;flex-direction:column-reverse}
        .figures dt{font-size:.85rem}
        .figures dd{font-size:1.75rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:2rem;
        align-items:start;margin:0 0 1.25rem}
        figure{margin:0;min-width:0}
        figure .descent-chart{display:block;width:100%;height:auto;max-width:30rem;overflow:visible}
        @media (min-width:56rem){.square{grid-row:span 2}}
        .wide{overflow-x:auto;margin:0 0 1.25rem}
        table{border-collapse:separate;border-spacing:0;font-size:.9rem;font-variant-numeric:tabular-nums}
        th,td{padding:.36rem 1.5rem .36rem 0;text-align:left;vertical-align:baseline}
        th:last-child,td:last-child{padding-right:0}
        th{font-weight:500;color:var(--muted);white-space:nowrap}
        td{border-top:1px solid var(--grid)}
        tr:first-child td,.rule td{border-top-color:var(--axis)}
        .number{text-align:right;white-space:nowrap}
        pre{margin:0 0 1.25rem;padding:.9rem 1rem;overflow-x:auto;border:1px solid var(--grid);border-radius:6px;
        font:.82rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;tab-size:4}
        @media (max-width:40rem){main{padding-top:1.75rem}h1{font-size:1.5rem}.figures dd{font-size:1.4rem}
        th,td{padding-right:1rem}}
        @media print{body{font-size:11pt}main{max-width:none;padding:0}
        .charts{grid-template-columns:1fr 1fr}
        figure,tr,.facts div,.figures div{break-inside:avoid}h2{break-after:avoid}
        pre{white-space:pre-wrap;overflow-wrap:anywhere}}

        """
}
