// Lights a sentence's counterpart, and keeps what a reader chose: light or dark, which side, how the original is set.
'use strict';

(() => {
  const kept = {
    get(name) { try { return localStorage.getItem('genbun-' + name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem('genbun-' + name, value); } catch { /* none to keep it in */ } },
  };
  const light = kept.get('light');
  if (light === 'dark' || light === 'light') document.documentElement.dataset.light = light;

  const button = (words, pressed, act) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = words;
    if (pressed !== null) made.setAttribute('aria-pressed', String(pressed));
    made.addEventListener('click', () => act(made));
    return made;
  };

  function lights() {
    const isDark = () => (document.documentElement.dataset.light
      || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
    const made = button(isDark() ? 'Light' : 'Dark', null, one => {
      const next = isDark() ? 'light' : 'dark';
      document.documentElement.dataset.light = next;
      kept.set('light', next);
      one.textContent = next === 'dark' ? 'Light' : 'Dark';
    });
    document.querySelector('.top nav').append(made);
  }

  function tools(beside) {
    const row = document.getElementById('tools');
    if (!row || beside.classList.contains('alone')) return;
    const sides = [['Both', ''], ['Translation', 'one-translation'], ['Original', 'one-original']];
    const choose = name => {
      for (const [, one] of sides) if (one) beside.classList.toggle(one, one === name);
      made.forEach((one, at) => one.setAttribute('aria-pressed', String(sides[at][1] === name)));
      kept.set('side', name);
    };
    const made = sides.map(([words, name]) => button(words, false, () => choose(name)));
    const upright = on => {
      beside.classList.toggle('upright', on);
      turn.setAttribute('aria-pressed', String(on));
      for (const cell of beside.querySelectorAll('.rows, .row:not(.heads) .original')) {
        cell.removeAttribute('tabindex');
        if (on && cell.scrollWidth > cell.clientWidth) cell.tabIndex = 0; // what scrolls can be reached by keyboard
        cell.scrollLeft = 0;
      }
      kept.set('upright', on ? '1' : '');
    };
    const turn = button('Original set vertically', false, () => upright(!beside.classList.contains('upright')));
    row.append(...made, turn);
    row.hidden = false;
    const asked = new URLSearchParams(location.search).get('setting');
    choose(sides.some(([, one]) => one === kept.get('side')) ? kept.get('side') : '');
    upright(asked ? asked === 'vertical' : kept.get('upright') === '1');
  }

  function sentences(beside) {
    const all = [...beside.querySelectorAll('.s')];
    const links = [...document.querySelectorAll('#links li')];
    const told = document.getElementById('told');
    if (!all.length || !told) return;
    const byLink = new Map();
    for (const one of all) {
      const number = one.dataset.n;
      if (!byLink.has(number)) byLink.set(number, []);
      byLink.get(number).push(one);
    }
    let held = null; // by the keyboard or a tap: it stays lit until another is chosen
    const say = (number, spoken) => {
      const link = links[number - 1];
      if (!link) { told.textContent = ''; return; }
      const parts = link.dataset.alone === undefined
        ? [`belong together ${link.dataset.p}`, `just these ${link.dataset.e}`]
        : ['without a counterpart'];
      if (link.dataset.w) parts.push(`differs: ${link.dataset.w}`);
      told.textContent = `Sentence ${number} of ${links.length}: ${parts.join(' · ')}`;
      told.setAttribute('aria-live', spoken ? 'polite' : 'off');
    };
    const show = (number, spoken = false) => {
      for (const one of all) one.classList.toggle('lit', one.dataset.n === number);
      if (number) say(number, spoken); else told.textContent = '';
    };
    beside.addEventListener('mouseover', event => {
      const one = event.target.closest('.s');
      if (one) show(one.dataset.n); else show(held);
    });
    beside.addEventListener('mouseleave', () => show(held));
    beside.addEventListener('click', event => {
      const one = event.target.closest('.s');
      held = one && one.dataset.n !== held ? one.dataset.n : null;
      show(held, true);
    });
    const first = all.find(one => one.offsetParent !== null);
    first.tabIndex = 0;
    let stop = first;
    const go = one => {
      stop.removeAttribute('tabindex');
      stop = one;
      stop.tabIndex = 0;
      stop.focus({ preventScroll: true });
      stop.scrollIntoView({ block: 'nearest' });
    };
    beside.addEventListener('focusin', event => {
      if (event.target.classList.contains('s')) { held = event.target.dataset.n; show(held, true); }
    });
    beside.addEventListener('keydown', event => {
      const one = event.target;
      if (!one.classList.contains('s') || event.altKey || event.ctrlKey || event.metaKey) return;
      const side = one.closest('.translation') ? '.translation' : '.original';
      const same = all.filter(other => other.closest(side));
      const across = byLink.get(one.dataset.n).find(other => !other.closest(side));
      const at = same.indexOf(one);
      const next = { ArrowDown: same[at + 1], ArrowUp: same[at - 1], ArrowRight: side === '.translation' && across,
        ArrowLeft: side === '.original' && across }[event.key];
      if (event.key === 'Escape') { held = null; show(null); return; }
      if (next) { event.preventDefault(); go(next); }
    });
    const wanted = decodeURIComponent(location.hash).match(/^#s(\d+)$/);
    if (wanted && byLink.has(wanted[1])) { held = wanted[1]; show(held); byLink.get(held)[0].scrollIntoView({ block: 'center' }); }
  }

  lights();
  const beside = document.getElementById('beside');
  if (beside) { tools(beside); sentences(beside); }
  document.addEventListener('keydown', event => {
    const writes = event.target.closest('input, select, textarea, .s');
    if (event.key === '/' && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      (document.getElementById('q') || document.getElementById('words') || document.getElementById('quick')).focus();
    }
  });
})();
