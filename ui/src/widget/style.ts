/** The widget's own style, inside its shadow root; adopted as a constructed sheet, which no host page's CSP forbids. */
export const STYLE = `
:host{all:initial;--accent:#0a7c80;--on-accent:#fff;--bg:#fff;--soft:#f1f5f5;--ink:#0f1b1e;--quiet:#56676c;--line:#dfe7e7;--alarm:#b01c30;
position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;color-scheme:light;
font:15px/1.5 "Inter","Vazirmatn",system-ui,-apple-system,"Segoe UI",Tahoma,sans-serif;color:var(--ink)}
:host([data-place=start]){inset-inline:20px auto}
:host([data-dark]){--bg:#151c1f;--soft:#20292d;--ink:#eaf1f2;--quiet:#9db0b5;--line:#2c383d;--alarm:#ff8d97;color-scheme:dark}
:host(:lang(fa)){line-height:1.7;font-family:"Vazirmatn","Inter",system-ui,Tahoma,sans-serif}
*{box-sizing:border-box}
[hidden]{display:none!important}
button,input,textarea{font:inherit;color:inherit;margin:0}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
svg{display:block;width:22px;height:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;flex:none}
[dir=rtl] .turn{transform:scaleX(-1)}
.launch{display:flex;align-items:center;gap:10px;min-height:56px;padding:0 22px 0 18px;border:0;border-radius:28px;background:var(--accent);color:var(--on-accent);font-weight:600;box-shadow:0 8px 28px rgb(10 40 45/28%);transition:transform .15s}
.launch:hover{transform:translateY(-2px)}
.launch .n{min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c8283c;color:#fff;font-size:13px;line-height:22px;text-align:center}
.panel{display:flex;flex-direction:column;width:min(380px,calc(100vw - 24px));height:min(620px,calc(100dvh - 40px));border:1px solid var(--line);border-radius:18px;overflow:hidden;background:var(--bg);box-shadow:0 20px 60px rgb(10 40 45/28%);animation:up .22s cubic-bezier(.2,.8,.2,1)}
@keyframes up{from{opacity:0;transform:translateY(12px)}}
.head{display:flex;align-items:center;gap:10px;padding:14px 16px;background:var(--accent);color:var(--on-accent)}
.head h2{flex:1;margin:0;font-size:16px;font-weight:650}
.head button{display:grid;place-items:center;width:36px;height:36px;border:0;border-radius:10px;background:transparent;color:inherit}
.head button:hover{background:rgb(255 255 255/16%)}
.head :focus-visible{outline-color:var(--on-accent)}
.status{margin:0;padding:9px 16px;border-bottom:1px solid var(--line);background:var(--soft);color:var(--quiet);font-size:13px}
.status.bad{color:var(--alarm);font-weight:600}
.status b{color:var(--ink);font-weight:600}
.log{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:4px;margin:0;list-style:none}
.log>:first-child{margin-top:auto}
.hello{padding:4px 0 12px}
.hello h3{margin:0 0 4px;font-size:20px;font-weight:650}
.hello p{margin:0;color:var(--quiet)}
.line{max-width:84%;align-self:flex-start}
.line p{margin:0}
.line .text{padding:9px 13px;border-radius:16px;background:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere}
.line .by{padding:6px 4px 2px;color:var(--quiet);font-size:12px}
.line.customer{align-self:flex-end}
.line.customer .text{background:var(--accent);color:var(--on-accent)}
.line.customer .by{text-align:end}
.line.sending .text{background:transparent;color:var(--ink);box-shadow:inset 0 0 0 1px var(--accent)}
.line.failed .text{background:transparent;color:var(--alarm);box-shadow:inset 0 0 0 1px var(--alarm)}
.line.system{align-self:center;text-align:center}
.line.system .text{background:none;color:var(--quiet);font-size:13px;padding:4px}
.line .after{padding:2px 4px;color:var(--quiet);font-size:12px;text-align:end}
.line .after button{border:0;background:none;padding:0 4px;color:var(--ink);font-weight:600;text-decoration:underline}
.foot{border-top:1px solid var(--line);padding:10px 12px;display:grid;gap:10px}
.card{display:grid;gap:8px;padding:12px;border:1px solid var(--line);border-radius:14px;background:var(--soft)}
.card strong{font-weight:600}
.row{display:flex;gap:8px;flex-wrap:wrap}
.btn{flex:1 1 auto;min-height:40px;padding:0 14px;border:1px solid var(--line);border-radius:11px;background:var(--bg);font-weight:600}
.btn:hover{border-color:var(--accent)}
.btn.main{border-color:transparent;background:var(--accent);color:var(--on-accent)}
.name{width:100%;min-height:38px;padding:6px 14px;border:1px solid var(--line);border-radius:12px;background:var(--bg);color:var(--ink);font-size:16px}
.name::placeholder{color:var(--quiet);opacity:1}
.card label{display:grid;gap:4px;font-size:13px;color:var(--quiet)}
.card input,.card textarea{width:100%;min-height:40px;padding:8px 12px;border:1px solid #849396;border-radius:11px;background:var(--bg);color:var(--ink);font-size:16px}
.card .bad{margin:0;color:var(--alarm);font-size:13px}
.write{display:flex;align-items:flex-end;gap:8px}
.write textarea{flex:1;min-height:44px;max-height:130px;padding:10px 14px;border:1px solid #849396;border-radius:16px;background:var(--bg);resize:none;field-sizing:content;font-size:16px;line-height:1.45}
.write textarea:focus{outline:none;border-color:var(--accent);box-shadow:0 0 0 3px color-mix(in srgb,var(--accent) 22%,transparent)}
.write textarea::placeholder{color:var(--quiet);opacity:1}
.write button{display:grid;place-items:center;width:44px;height:44px;border:0;border-radius:50%;background:var(--accent);color:var(--on-accent)}
.write button:disabled{opacity:.4;cursor:default}
@media(max-width:480px){:host{inset-block-end:12px;inset-inline-end:12px}:host([data-place=start]){inset-inline:12px auto}
:host([data-open]){inset:0}.panel{width:100vw;height:100dvh;border:0;border-radius:0}.launch{padding:0 17px}.launch .word{display:none}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
`;
