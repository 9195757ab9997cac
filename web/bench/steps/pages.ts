/**
 * Two made-up web applications that behave as real ones do: they fade, slide, show spinners and
 * skeletons, notices that go away, menus and dialogs. Each calls `settled()` once what the person
 * started has come to rest.
 */

const style = `
*{box-sizing:border-box} body{margin:0;font:15px/1.5 system-ui,sans-serif;color:#1d2330;background:#f6f7f9;overflow:hidden}
#app{display:flex;height:100vh} nav{width:220px;background:#fff;border-right:1px solid #dde1e8;padding:20px}
nav a{display:block;padding:9px 12px;border-radius:8px;margin-bottom:4px;cursor:pointer} nav a:hover{background:#eef1f6}
nav a.on{background:#e3e9ff;color:#2945c4} main{flex:1;padding:32px;overflow:auto} h1{margin:0 0 18px;font-size:27px}
button{font:inherit;padding:8px 16px;border:1px solid #c9cfda;border-radius:8px;background:#fff;cursor:pointer;transition:background .15s}
button:hover{background:#eef1f6} button.primary{background:#2f4fe0;color:#fff;border-color:#2f4fe0} button.primary:hover{background:#1f3cc0}
.cards{display:grid;grid-template-columns:repeat(3,1fr);gap:18px} .card{background:#fff;border:1px solid #dde1e8;border-radius:12px;padding:18px;min-height:120px}
table{width:100%;border-collapse:collapse;background:#fff} td,th{padding:10px 14px;border-bottom:1px solid #e6e9ef;text-align:left}
.spinner{width:34px;height:34px;border:4px solid #d5daf0;border-top-color:#2f4fe0;border-radius:50%;animation:turn .8s linear infinite;margin:120px auto}
.small{width:16px;height:16px;border-width:2px;margin:0;display:inline-block;vertical-align:-3px} @keyframes turn{to{transform:rotate(1turn)}}
.skeleton{height:18px;border-radius:6px;margin:14px 0;background:linear-gradient(90deg,#e8ebf0 25%,#f6f7f9 50%,#e8ebf0 75%);background-size:400% 100%;animation:shine 1.1s linear infinite}
@keyframes shine{from{background-position:100% 0}to{background-position:0 0}}
.fade{animation:fade .35s ease} @keyframes fade{from{opacity:0}to{opacity:1}} .slide{animation:slide .4s ease} @keyframes slide{from{transform:translateX(60%);opacity:.2}to{transform:none;opacity:1}}
.veil{position:fixed;inset:0;background:#0e152b80;animation:fade .2s} .dialog{position:fixed;left:50%;top:46%;width:460px;padding:24px;margin:-150px 0 0 -230px;background:#fff;border-radius:14px;animation:pop .25s ease}
@keyframes pop{from{transform:scale(.85);opacity:0}to{transform:none;opacity:1}} input[type=text]{font:inherit;width:100%;padding:9px 12px;border:1px solid #c9cfda;border-radius:8px}
.menu{position:absolute;background:#fff;border:1px solid #dde1e8;border-radius:10px;box-shadow:0 8px 24px #0002;padding:6px;width:200px;animation:fade .18s;z-index:3} .menu div{padding:8px 12px;cursor:pointer;border-radius:6px} .menu div:hover{background:#eef1f6}
.toast{position:fixed;right:28px;bottom:28px;background:#18202f;color:#fff;padding:14px 20px;border-radius:10px;animation:rise .3s} @keyframes rise{from{transform:translateY(80px)}to{transform:none}}
.bar{height:10px;background:#e3e7ef;border-radius:5px;overflow:hidden;margin:40px 0} .bar i{display:block;height:100%;background:#2f4fe0;width:0}
details{background:#fff;border:1px solid #dde1e8;border-radius:10px;padding:12px 16px;margin-bottom:10px} img,svg.photo{display:block;border-radius:10px}
body.dark{background:#12151d;color:#e6e9f2;transition:background .3s,color .3s} body.dark nav,body.dark .card,body.dark table,body.dark details{background:#1b202c;border-color:#2c3342}
#pointer{position:fixed;left:0;top:0;width:20px;height:24px;z-index:99;pointer-events:none}`;

const script = `
const main=document.querySelector('main'), $=(s)=>document.querySelector(s);
const wait=(ms)=>new Promise((r)=>setTimeout(r,ms));
const frames=()=>new Promise((r)=>requestAnimationFrame(()=>requestAnimationFrame(r)));
const done=async(ms=0)=>{await wait(ms);await frames();settled()};
const text=(n,k=0)=>Array.from({length:n},(_,i)=>'mountain river table window orange paper station garden silver moment engine letter'.split(' ')[(i*7+k*5+i*i)%12]).join(' ');
const table=(n,k)=>'<table><tr><th><th>Name<th>Team<th>Role</tr>'+Array.from({length:n},(_,i)=>'<tr><td><input type=checkbox id=box'+i+'><td>'+text(2,i+k)+'<td>'+text(1,i*3+k)+'<td>Editor</tr>').join('')+'</table>';
const toast=(t,ms)=>{const e=document.createElement('div');e.className='toast';e.textContent=t;document.body.append(e);setTimeout(()=>e.remove(),ms)};
const dialog=(html)=>{document.body.insertAdjacentHTML('beforeend','<div id=over><div class=veil></div><div class=dialog>'+html+'</div></div>')};
const show=(html,cls='fade')=>{main.innerHTML='<div class="'+cls+'">'+html+'</div>'};
const mark=(id)=>{document.querySelectorAll('nav a').forEach((a)=>a.classList.toggle('on',a.id===id))};
addEventListener('mousemove',(e)=>{$('#pointer').style.transform='translate('+e.clientX+'px,'+e.clientY+'px)'});
`;

const page = (
  nav: string,
  start: string,
  actions: string,
): string => `<!doctype html><meta charset=utf-8>
<style>${style}</style><div id=app><nav>${nav}</nav><main></main></div>
<svg id=pointer viewBox="0 0 20 24"><path d="M2 1v18l5-4 3 7 3-1-3-7h6z" fill="#111" stroke="#fff" stroke-width="1.5"/></svg>
<script>${script}${actions}${start}</script>`;

const links = (names: readonly string[]): string =>
  `<b>Northwind</b><br><br>${names.map((n) => `<a id=${n.toLowerCase()}>${n}</a>`).join('')}`;

/** A workspace: settings, members, an invitation. */
export const workspace = page(
  links(['Dashboard', 'Settings', 'Reports', 'Files']),
  `dashboard();`,
  `
const dashboard=()=>{mark('dashboard');show('<h1>Dashboard</h1><div class=cards>'+[1,2,3,4,5,6].map((i)=>'<div class=card><b>'+text(2,i)+'</b><p>'+text(9,i*4)+'</div>').join('')+'</div>','slide')};
$('#settings').onclick=async()=>{mark('settings');show('<div class=spinner></div>');await wait(1200);show('<h1>Settings</h1><button id=general>General</button> <button id=members>Members</button><p>'+text(60,3));done(400);
 $('#members').onclick=async()=>{show('<h1>Members</h1>'+'<div class=skeleton></div>'.repeat(9));await wait(700);show('<h1>Members</h1><button id=invite class=primary>Invite</button><br><br>'+table(6,2));done(400);$('#invite').onclick=invite}};
const invite=()=>{dialog('<h2>Invite a colleague</h2><input type=text id=mail placeholder="E-mail"><p><button id=role>Choose a role</button> <button id=send class=primary>Send</button>');done(300);
 $('#role').onclick=()=>{const m=document.createElement('div');m.className='menu';m.innerHTML='<div>Reader</div><div id=editor>Editor</div><div>Owner</div>';$('#role').after(m);$('#editor').onclick=()=>{m.remove();$('#role').textContent='Role: Editor';done()}};
 $('#send').onclick=async()=>{$('#send').innerHTML='<span class="spinner small"></span> Sending';await wait(2200);$('#over').remove();toast('The invitation is on its way',4000);const t=$('table');t.insertAdjacentHTML('beforeend','<tr><td><input type=checkbox id=weekly><td>sam@example.org<td>invited<td>Editor</tr>');done(350);$('#weekly').onchange=()=>done()}};
$('#dashboard').onclick=async()=>{mark('dashboard');show('<h1>Dashboard</h1><div class=bar><i></i></div>');const i=$('.bar i');for(let k=1;k<=30;k++){i.style.width=k*3.33+'%';await wait(90)}dashboard();done(450)};
`,
);

/** Files and reports: search, scrolling, an upload, a dark theme. */
export const library = page(
  links(['Home', 'Photos', 'Documents', 'Help']),
  `home();`,
  `
const home=()=>{mark('home');show('<h1>Home</h1><p>'+text(40,1)+'</p><input type=text id=search placeholder=Search><br><br><div id=results></div><button id=theme>Theme</button>');
 $('#search').onkeydown=async(e)=>{if(e.key!=='Enter')return;$('#results').innerHTML='<div class="spinner" style="margin:20px"></div>';await wait(320);$('#results').innerHTML='<div class=cards>'+[1,2,3].map((i)=>'<div class=card><b>'+text(2,i+4)+'</b><p>'+text(8,i)+'</div>').join('')+'</div><br>';done()};
 $('#theme').onclick=()=>{document.body.classList.toggle('dark');done(350)}};
const photo=(i)=>'<svg class=photo width=280 height=180><rect width=280 height=180 fill="hsl('+i*47+' 45% 70%)"/><circle cx="'+(60+i*23)+'" cy=70 r=36 fill="hsl('+(i*47+120)+' 60% 50%)"/><path d="M0 180 L90 '+(60+i*8)+' L190 180Z" fill="hsl('+(i*47+60)+' 40% 40%)"/></svg>';
$('#photos').onclick=async()=>{mark('photos');show('<h1>Photos</h1><button id=upload class=primary>Upload</button><br><br><div class=cards id=grid>'+[1,2,3].map(photo).join('')+'</div>');document.querySelectorAll('svg.photo').forEach((p)=>p.animate([{opacity:0,filter:'blur(12px)'},{opacity:1,filter:'none'}],{duration:1000,fill:'backwards',delay:200}));done(1250);
 $('#upload').onclick=async()=>{dialog('<h2>Uploading</h2><div class=bar><i></i></div>');const i=$('.bar i');for(let k=1;k<=25;k++){i.style.width=k*4+'%';await wait(100)}$('#over').remove();$('#grid').insertAdjacentHTML('beforeend',photo(5));toast('Uploaded',2500);done(350)}};
$('#documents').onclick=async()=>{mark('documents');show('<div class=spinner></div>');await wait(400);show('<h1>Documents</h1><button id=remove>Remove the first</button><br><br>'+table(24,5));done(400);
 $('#remove').onclick=async()=>{const r=document.querySelectorAll('tr')[1];r.animate([{opacity:1},{opacity:0}],{duration:300});await wait(300);r.remove();done()}};
$('#help').onclick=async()=>{mark('help');await wait(900);show('<h1>Help</h1>'+[1,2,3].map((i)=>'<details id=q'+i+'><summary>'+text(4,i)+'?</summary><p>'+text(50,i)+'</p></details>').join(''),'slide');done(450);document.querySelectorAll('details').forEach((d)=>d.ontoggle=()=>done())};
`,
);
