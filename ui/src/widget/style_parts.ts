/** The parts inside the panel: thread, cards and forms, the writing line. */
export const PARTS = `
.log{flex:1;min-height:96px;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:4px;scrollbar-width:thin}
.log:focus-visible{outline-offset:-3px}
.log::before{content:"";flex:1 0 0}
.past:empty{display:none}
.past,.past section{display:flex;flex-direction:column;gap:4px}
.hello{padding:4px 0 12px}
.hello h3{margin:0 0 4px;font-size:20px;font-weight:650;line-height:1.35;overflow-wrap:anywhere;white-space:pre-line;text-align:start}
.hello p{margin:0;color:var(--quiet)}
.day{align-self:center;margin:10px 0 4px;color:var(--quiet);font-size:12px}
.line{max-width:84%;align-self:flex-start;display:flex;flex-direction:column;align-items:flex-start;gap:4px}
.line p{margin:0;max-width:100%}
.line .text{padding:9px 13px;border-radius:16px;border-end-start-radius:5px;background:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere}
.line .text a{color:inherit;font-weight:600;text-underline-offset:3px}
.line .by{padding:6px 4px 0;color:var(--quiet);font-size:12px}
.line.customer{align-self:flex-end;align-items:flex-end}
.line.customer .text{background:var(--fill);color:var(--on-fill);border-radius:16px;border-end-end-radius:5px}
.line.customer .text :focus-visible{outline-color:var(--on-fill)}
.line.sending .text{background:transparent;color:var(--ink);box-shadow:inset 0 0 0 1px var(--mark)}
.line.failed .text{background:transparent;color:var(--alarm);box-shadow:inset 0 0 0 1px var(--alarm)}
.line.system,.line.event{align-self:center;align-items:center;text-align:center;max-width:92%}
.line.system .text,.line.event p{background:none;color:var(--quiet);font-size:13px;padding:4px}
.line .after,.seen,.writing{margin:0;padding:0 4px;color:var(--quiet);font-size:12px}
.seen{align-self:flex-end}
.writing{padding-block:6px;animation:breathe 1.4s ease-in-out infinite}
@keyframes breathe{50%{opacity:.55}}
.line .after button,.text-button,button.text{border:0;background:none;padding:4px 8px;min-height:28px;border-radius:8px;color:var(--link);font-size:13px;font-weight:600;text-decoration:underline;text-underline-offset:3px}
.log>button.text{align-self:center}
.file{display:flex;align-items:center;gap:10px;max-width:100%;padding:8px 12px 8px 8px;padding-inline:8px 12px;border:1px solid var(--line);border-radius:14px;background:var(--bg);text-align:start}
.file:hover{border-color:var(--mark)}
.file:disabled{cursor:default}
.file.seen{padding:0;border-radius:14px;overflow:hidden}
.file canvas{display:block;max-width:100%;width:auto;height:auto;max-height:220px}
.thumb{display:grid;place-items:center;flex:none;width:40px;height:40px;border-radius:9px;background:var(--soft);color:var(--quiet);overflow:hidden}
.thumb canvas{width:100%;height:100%;object-fit:cover}
.about{display:grid;min-width:0;flex:1;font-size:13px}
.about bdi{justify-self:start;max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.about small{color:var(--quiet);font-size:12px;overflow-wrap:anywhere}
.card{display:grid;gap:10px;padding:12px;border:1px solid var(--line);border-radius:14px;background:var(--soft)}
.card strong{font-weight:650}
.card form{border:0;padding:0;background:none}
.card form strong{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.lead{margin:0;color:var(--quiet);font-size:14px;overflow-wrap:anywhere}
.over{display:grid;gap:8px}
.over .lead{text-align:center}
.row{display:flex;gap:8px;flex-wrap:wrap}
.btn{flex:1 1 auto;min-height:44px;padding:6px 14px;border:1px solid var(--edge);border-radius:11px;background:var(--bg);font-weight:600}
.btn:hover{border-color:var(--mark)}
.btn.main{border-color:transparent;background:var(--fill);color:var(--on-fill)}
.btn[aria-disabled]{opacity:.6;cursor:progress}
.field{display:grid;gap:4px}
.field label,.card label{font-size:13px;color:var(--quiet)}
.field input,.field textarea,.asked input{width:100%;min-height:44px;padding:8px 12px;border:1px solid var(--edge);border-radius:11px;background:var(--bg);color:var(--ink);font-size:16px}
.field textarea{resize:vertical;max-height:180px;field-sizing:content}
.field [dir=ltr]{text-align:start}
[dir=rtl] .field [dir=ltr]{text-align:end}
.field [aria-invalid=true]{border-color:var(--alarm);box-shadow:inset 0 0 0 1px var(--alarm)}
.asked{display:grid;gap:8px}
.asked input{min-height:40px;padding:6px 14px}
.asked input::placeholder{color:var(--quiet);opacity:1}
.bad{margin:0;color:var(--alarm);font-size:13px;overflow-wrap:anywhere;white-space:pre-line}
.rate fieldset{margin:0;padding:0;border:0;text-align:center}
.rate legend{padding:0 0 4px;width:100%;font-weight:650}
.stars{display:flex;justify-content:center;gap:2px}
.stars label{position:relative;display:grid;place-items:center;width:46px;height:46px;border-radius:12px;color:var(--edge);cursor:pointer}
.stars input{position:absolute;inset:0;opacity:0;width:100%;height:100%;cursor:pointer}
.stars label:has(:focus-visible){outline:2px solid var(--mark)}
.stars svg{width:30px;height:30px;stroke-width:1.4}
.stars label.on{color:var(--mark)}
.stars label.on svg{fill:currentColor}
.said{margin:0;min-height:1.5em;text-align:center;font-size:14px;font-weight:600}
.compose{display:grid;grid-template-columns:minmax(0,1fr);gap:8px}
.write{display:flex;align-items:flex-end;gap:2px}
.write textarea{flex:1;min-width:0;min-height:44px;max-height:130px;margin-inline:2px 6px;padding:10px 14px;border:1px solid var(--edge);border-radius:16px;background:var(--bg);resize:none;field-sizing:content;font-size:16px;line-height:1.45}
.write textarea:focus{outline:2px solid var(--mark);outline-offset:0;border-color:transparent}
.write textarea[aria-invalid=true]{border-color:var(--alarm)}
.write textarea::placeholder{color:var(--quiet);opacity:1}
.icon{display:grid;place-items:center;flex:none;width:36px;height:44px;padding:0;border:0;border-radius:10px;background:none;color:var(--quiet)}
.icon:hover{color:var(--ink);background:var(--soft)}
.send{display:grid;place-items:center;flex:none;width:44px;height:44px;border:0;border-radius:50%;background:var(--fill);color:var(--on-fill)}
.send:disabled{opacity:.4;cursor:default}
.count{justify-self:end;color:var(--quiet);font-size:12px;font-variant-numeric:tabular-nums}
.count.bad{color:var(--alarm)}
.emoji{display:grid;grid-template-columns:repeat(8,1fr);gap:2px;padding:6px;border:1px solid var(--line);border-radius:14px;background:var(--soft)}
.emoji button{font-family:"Apple Color Emoji","Segoe UI Emoji","Noto Color Emoji",sans-serif;min-height:36px;padding:0;border:0;border-radius:9px;background:none;font-size:20px;line-height:1}
.emoji button:hover{background:var(--bg)}
.tray{display:grid;gap:6px;margin:0;padding:0;list-style:none}
.tray li{display:flex;align-items:center;gap:8px;padding:6px;border:1px solid var(--line);border-radius:12px;background:var(--soft)}
.tray li.failed{border-color:var(--alarm)}
.tray li.failed small{color:var(--alarm)}
.tray .thumb{background:var(--bg)}
progress{appearance:none;width:100%;height:4px;margin-top:4px;border:0;border-radius:2px;background:var(--line);overflow:hidden}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--mark)}
progress::-moz-progress-bar{background:var(--mark)}
.dropping{position:absolute;inset:8px;display:none;place-items:center;border:2px dashed var(--mark);border-radius:14px;background:color-mix(in srgb,var(--bg) 88%,transparent);font-weight:650;pointer-events:none}
.panel.over .dropping{display:grid}
`;
