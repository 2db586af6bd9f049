import { PARTS } from "./style_parts";

/**
 * The widget's own style, inside its shadow root; adopted as a constructed sheet, which no host page's CSP forbids.
 * What keeps the host element in its place is important: an inner rule that is important wins over the page's, whatever
 * the page says. Colours and sizes a page may set are the --pasokh-… properties.
 */
export const STYLE = `
:host{all:initial!important;position:fixed!important;z-index:var(--pasokh-z,2147483000)!important;display:block!important;
inset-block-end:calc(var(--pasokh-gap,20px) + env(safe-area-inset-bottom))!important;inset-inline-end:calc(var(--pasokh-gap,20px) + env(safe-area-inset-right))!important;
direction:ltr!important;font:15px/1.5 var(--pasokh-font,"Inter","Vazirmatn",system-ui,-apple-system,"Segoe UI",Tahoma,sans-serif)!important;color:var(--ink)!important;color-scheme:light!important;
text-align:start!important;visibility:visible!important}
:host{--bg:var(--pasokh-ground,#fff);--soft:#f1f5f5;--ink:#0f1b1e;--quiet:#56676c;--line:#dfe7e7;--edge:#7f8e91;--alarm:#b01c30;--note:#fdf3d8;--note-ink:#5c4308;--round:var(--pasokh-radius,18px);
--fill:var(--accent-fill,#0a7c80);--on-fill:var(--accent-ink,#fff);--mark:var(--accent-line,#0a7c80);--link:var(--accent-text,#0a7c80)}
:host([dir=rtl]){direction:rtl!important}
:host([data-place=start]){inset-inline:calc(var(--pasokh-gap,20px) + env(safe-area-inset-left)) auto!important}
:host([data-level="1"]:not([data-open])){inset-block-end:calc(var(--pasokh-gap,20px) + 72px)!important}
:host([data-level="2"]:not([data-open])){inset-block-end:calc(var(--pasokh-gap,20px) + 144px)!important}
:host([data-open]){z-index:calc(var(--pasokh-z,2147483000) + 1)!important}
:host([data-dark]){--bg:var(--pasokh-ground-dark,#151c1f);--soft:#20292d;--ink:#eaf1f2;--quiet:#9db0b5;--line:#2c383d;--edge:#6f8085;--alarm:#ff8d97;--note:#3a3117;--note-ink:#f3deaa;color-scheme:dark!important}
:host(:lang(fa)){line-height:1.7!important;font-family:var(--pasokh-font,"Vazirmatn","Inter",system-ui,Tahoma,sans-serif)!important}
*{box-sizing:border-box}
[hidden]{display:none!important}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button,input,textarea{font:inherit;color:inherit;margin:0;letter-spacing:inherit}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
svg{display:block;width:22px;height:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;flex:none}
[dir=rtl] .turn{transform:scaleX(-1)}
.launch{display:flex;align-items:center;gap:10px;min-height:56px;padding:0 22px 0 18px;border:0;border-radius:28px;background:var(--fill);color:var(--on-fill);font-weight:600;box-shadow:0 8px 28px rgb(10 40 45/28%);transition:transform .15s}
.launch:hover{transform:translateY(-2px)}
.launch:focus-visible{outline-offset:3px}
.launch .n{min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c8283c;color:#fff;font-size:13px;line-height:22px;text-align:center}
.panel{position:relative;display:flex;flex-direction:column;width:min(380px,calc(100vw - 24px));height:min(640px,calc(100dvh - 40px));border:1px solid var(--line);border-radius:var(--round);overflow:hidden;background:var(--bg);box-shadow:0 20px 60px rgb(10 40 45/28%);animation:up .22s cubic-bezier(.2,.8,.2,1)}
@keyframes up{from{opacity:0;transform:translateY(12px)}}
.head{display:flex;align-items:center;gap:6px;padding:12px 12px 12px 16px;padding-inline:16px 10px;background:var(--fill);color:var(--on-fill)}
.head h2{flex:1;min-width:0;margin:0;font-size:16px;font-weight:650;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.head button{display:grid;place-items:center;flex:none;width:40px;height:40px;border:0;border-radius:10px;background:transparent;color:inherit}
.head button:hover{background:color-mix(in srgb,currentColor 16%,transparent)}
.head :focus-visible{outline-color:var(--on-fill)}
.status{display:flex;flex-wrap:wrap;gap:0 8px;margin:0;padding:9px 16px;border-bottom:1px solid var(--line);background:var(--soft);color:var(--quiet);font-size:13px}
.status .place{color:var(--ink);font-weight:600}
.status .place:empty,.status time:empty{display:none}
.status time{font-variant-numeric:tabular-nums}
.status.bad{color:var(--alarm);font-weight:600}
.notice{display:flex;gap:10px;align-items:flex-start;margin:0;padding:10px 16px;background:var(--note);color:var(--note-ink);font-size:14px;overflow-wrap:anywhere}
.foot{border-top:1px solid var(--line);padding:10px 12px calc(10px + env(safe-area-inset-bottom));display:grid;grid-template-columns:minmax(0,1fr);gap:10px;min-height:0;max-height:70%;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}
.panel:has(.foot .card .field) .foot{max-height:82%}
.foot:has(>.extra[hidden]){gap:0}
${PARTS}
@media(max-width:480px),(max-height:440px){:host{--pasokh-gap:12px}
:host([data-open]){inset:var(--seen-top,0) 0 auto!important;width:100vw!important}
.panel{width:100vw;height:var(--seen-height,100dvh);border:0;border-radius:0}.head{padding-block-start:calc(12px + env(safe-area-inset-top))}
.launch{padding:0 17px}.launch .word{display:none}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media(forced-colors:active){.launch,.panel,.line .text,.btn{border:1px solid CanvasText}.stars label.on svg{fill:Highlight}}
`;
