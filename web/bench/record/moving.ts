/** A page as people record it: text that is scrolled now and then, a pointer that moves, a counter. */
export const moving = `<!doctype html><title>Moving page</title>
<style>
  body { margin: 0; font: 18px sans-serif; background: #f6f7f9; color: #222; overflow: hidden }
  main { padding: 40px 200px; columns: 2; will-change: transform }
  #dot { position: fixed; width: 18px; height: 18px; border-radius: 9px; background: #d33; left: 0; top: 0 }
  #count { position: fixed; right: 20px; top: 20px; font-size: 32px }
</style>
<main></main><div id="dot"></div><div id="count"></div>
<script>
  const words = 'settings invite editor project save the member table role open menu choose button'.split(' ');
  document.querySelector('main').innerHTML = Array.from({ length: 300 }, (_, i) =>
    '<h3>Part ' + i + '</h3><p>' + Array.from({ length: 60 }, (_, k) => words[(i * 7 + k * k) % words.length]).join(' ') + '</p>').join('');
  const main = document.querySelector('main'), dot = document.querySelector('#dot'), count = document.querySelector('#count');
  let n = 0;
  function tick() {
    n++;
    const t = n / 60, scroll = Math.floor(t / 5) * 400 + Math.min(1, (t % 5) / 0.7) * 400;
    main.style.transform = 'translateY(' + -(scroll % 8000) + 'px)';
    dot.style.transform = 'translate(' + (960 + 700 * Math.sin(t * 0.7)) + 'px,' + (540 + 400 * Math.sin(t * 1.1)) + 'px)';
    if (n % 30 === 0) count.textContent = n / 60 + ' s';
    requestAnimationFrame(tick);
  }
  tick();
</script>`;
