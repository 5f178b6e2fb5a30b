// The list of a reading room that is made of files: filters and search, without asking any server, nor fetch().
'use strict';

(() => {
  const PER_PAGE = 25;
  const MOST_LOOKED_AT = 400; // texts in which a phrase is looked for
  const asked = new URLSearchParams(location.search);
  const form = document.getElementById('filters');
  if (!form || ![...asked.values()].some(value => value.trim())) return;

  const given = new Map(); // what a script brought
  window.genbun = (name, value) => given.set(name, value);
  const brought = new Map();
  const bring = name => {
    if (!brought.has(name)) {
      brought.set(name, new Promise(done => {
        const script = document.createElement('script');
        script.src = `../search/${name}.js`;
        script.onload = () => done(given.get(name));
        script.onerror = () => done(undefined);
        document.head.append(script);
      }));
    }
    return brought.get(name);
  };

  // Words as the index has them -------------------------------------------------------------------
  const JAPANESE = '\\u3005-\\u3007\\u3041-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
  const WORD = new RegExp(`[${JAPANESE}]+|(?:(?![${JAPANESE}])[\\p{L}\\p{N}])+`, 'gu');
  const IS_JAPANESE = new RegExp(`^[${JAPANESE}]`, 'u');
  const fold = text => text.normalize('NFKC').toLowerCase();
  const bare = word => word.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
  const parts = words => [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(found => found[1] ?? found[2]).filter(one => one.trim());

  // A phrase → its tokens, and the pattern that finds it in a text that is folded.
  function phrase(words) {
    const tokens = [], patterns = [];
    for (const word of fold(words).match(WORD) || []) {
      if (!IS_JAPANESE.test(word)) {
        tokens.push(bare(word));
        patterns.push(`(?<![0-9a-z])${bare(word)}(?![0-9a-z])`);
        continue;
      }
      const characters = [...word];
      for (let at = 0; at < characters.length - 1; at += 1) tokens.push(characters[at] + characters[at + 1]);
      if (characters.length === 1) tokens.push(`${word}*`);
      patterns.push(word);
    }
    return tokens.length ? { tokens, pattern: new RegExp(patterns.join('[^\\p{L}\\p{N}]{0,9}'), 'gu') } : null;
  }

  const shard = token => {
    const characters = [...token];
    const second = token.charCodeAt(0) < 128 && characters[1] && characters[1] !== '*' ? characters[1].codePointAt(0) : 0;
    return (31 * characters[0].codePointAt(0) + second) % 256;
  };

  async function having(token) {
    const held = await bring(`t${shard(token)}`) || {};
    const names = token.endsWith('*') ? Object.keys(held).filter(name => name.startsWith(token.slice(0, -1))) : [token];
    const found = new Set();
    for (const name of names) {
      let at = 0;
      for (const step of (Object.hasOwn(held, name) ? held[name] : '').split(',')) {
        if (step) found.add(at += parseInt(step, 36));
      }
    }
    return found;
  }

  // Entries ---------------------------------------------------------------------------------------
  const day = /^\d{4}-\d\d-\d\d$/;
  function fits(entry, tables) {
    const any = (name, at, table) => !asked.get(name) || entry.sides.some(side => tables[table][side[at]] === asked.get(name));
    return any('newspaper', 2, 'newspapers') && any('section', 3, 'sections') && any('access', 4, 'access')
      && (!asked.get('status') || tables.statuses[entry.status] === asked.get('status'))
      && (!asked.get('edited') || entry.edited)
      && (!day.test(asked.get('since') || '') || (entry.day && entry.day >= asked.get('since')))
      && (!day.test(asked.get('until') || '') || (entry.day && entry.day <= asked.get('until')));
  }

  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // A text as the index has it, and for each of its places the place in the text.
  function mapped(text) {
    const plain = fold(text);
    if (plain.length === text.length && !/[\u00c0-\u036f\u1e00-\u1fff]/.test(plain)) return [plain, null];
    let folded = '';
    const places = [];
    let at = 0;
    for (const character of text) {
      let one = fold(character);
      if (!IS_JAPANESE.test(one)) one = bare(one) || one;
      for (let count = 0; count < one.length; count += 1) places.push(at);
      folded += one;
      at += character.length;
    }
    places.push(at);
    return [folded, places];
  }

  function spans(text, looked) {
    const [folded, places] = mapped(text);
    const place = at => (places ? places[at] : at);
    return looked.map(one => [...folded.matchAll(one.pattern)].slice(0, 24)
      .map(found => [place(found.index), place(found.index + found[0].length)]));
  }

  function marked(target, text, looked) {
    let at = 0;
    for (const [start, end] of spans(text, looked).flat().sort((a, b) => a[0] - b[0])) {
      if (start < at) continue;
      target.append(text.slice(at, start), make('mark', '', text.slice(start, end)));
      at = end;
    }
    target.append(text.slice(at));
    return target;
  }

  function passage(text, language, looked) {
    const first = spans(text, looked).flat()[0];
    if (!first) return null;
    const beside = language === 'ja' ? 36 : 84;
    let [start, end] = [Math.max(0, first[0] - beside), Math.min(text.length, first[1] + beside)];
    const before = text.lastIndexOf('\n', Math.max(0, first[0] - 1)), after = text.indexOf('\n', first[1]);
    if (language !== 'ja') {
      if (start) start = Math.min(first[0], (text.indexOf(' ', start) + 1) || start);
      if (end < text.length) end = Math.max(first[1], text.lastIndexOf(' ', end));
    }
    start = Math.max(start, before + 1);
    end = after < 0 ? end : Math.min(end, after);
    const made = make('p', 'passage');
    made.lang = language;
    if (start && text[start - 1] !== '\n') made.append('…');
    marked(made, text.slice(start, end), looked);
    if (end < text.length && text[end] !== '\n') made.append('…');
    return made;
  }

  function drawn(entry, tables, looked, texts) {
    const item = make('li'), body = make('div'), about = make('p', 'about');
    item.append(make('p', 'day', entry.day || 'undated'), body);
    for (const [doc, language, newspaper, section, access, headline, file] of entry.sides) {
      const title = make('h3');
      title.lang = language;
      const link = marked(make('a'), headline, looked);
      link.href = `${encodeURIComponent(file)}.html`;
      title.append(link);
      body.append(title);
      if (about.childNodes.length) about.append(' ／ ');
      about.append(make('bdi', '', tables.titles[newspaper]));
      if (section >= 0) about.append(' ', make('bdi', 'section', tables.sections[section]));
      if (tables.access[access] === 'members') about.append(' ', make('span', 'mark members', 'members only'));
    }
    if (entry.edited) about.append(' ', make('span', 'mark edited', 'edited'));
    const status = tables.statuses[entry.status];
    if (status && status !== 'paired' && status !== 'restricted') about.append(' ', make('span', 'mark status', tables.words[status]));
    body.append(about);
    for (const [doc, language, version, record] of texts.map(one => one.doc)) {
      const text = texts.find(one => one.doc[0] === doc).text;
      const made = passage(text.slice(text.indexOf('\n') + 1), language, looked);
      if (made && version) {
        const link = make('a', 'mark', `edition ${version}`);
        link.href = `../records/${encodeURIComponent(record)}.html`;
        made.append(' ', link);
      }
      if (made) body.append(made);
    }
    return item;
  }

  async function textOf(doc, per) {
    const held = await bring(`x${Math.floor(doc / per)}`) || {};
    return held[doc] || '';
  }

  async function show() {
    for (const [name, value] of asked) {
      const field = form.elements.namedItem(name);
      if (field && field.type === 'checkbox') field.checked = value === '1'; else if (field) field.value = value;
    }
    const words = asked.get('q') || '';
    const looked = parts(words).map(phrase).filter(Boolean);
    const tables = await bring('entries');
    if (!tables) return;
    const entries = tables.entries.map(([at, status, edited, sides, earlier]) => ({ day: at, status, edited, sides, earlier }));
    let found = words.trim() && !looked.length ? [] : entries.filter(entry => fits(entry, tables));
    let exact = true;
    if (looked.length) {
      let docs = null;
      for (const token of looked.flatMap(one => one.tokens)) {
        const held = await having(token);
        docs = docs ? new Set([...docs].filter(doc => held.has(doc))) : held;
      }
      const held = entry => [...entry.sides.map(side => [side[0], side[1], 0, '']), ...(asked.get('earlier') ? entry.earlier : [])]
        .filter(doc => docs.has(doc[0]));
      found = found.map(entry => ({ ...entry, docs: held(entry) })).filter(entry => entry.docs.length);
      exact = looked.every(one => one.tokens.length === 1);
    }
    if (asked.get('order') === 'oldest') found.reverse();
    const page = Math.max(1, parseInt(asked.get('page') || '1', 10) || 1);
    const shown = [];
    let passed = 0, total = exact ? found.length : 0, read = 0;
    for (const entry of found) { // a phrase's tokens may stand apart: its text is asked
      if (exact && (passed += 1) <= (page - 1) * PER_PAGE) continue;
      if (exact ? shown.length >= PER_PAGE : read >= MOST_LOOKED_AT) break;
      const texts = [];
      for (const doc of entry.docs || []) {
        const text = await textOf(doc[0], tables.per);
        read += 1;
        if (spans(text, looked).every(one => one.length)) texts.push({ doc, text });
      }
      if (looked.length && !exact && !texts.length) continue;
      if (!exact) { total += 1; if (total <= (page - 1) * PER_PAGE || shown.length >= PER_PAGE) continue; }
      shown.push(drawn(entry, tables, looked, texts));
    }
    const more = !exact && read >= MOST_LOOKED_AT;
    const list = document.querySelector('#list .entries') || make('ol', 'entries');
    list.replaceChildren(...shown);
    const count = document.querySelector('.total');
    count.textContent = `${more ? 'at least ' : ''}${total.toLocaleString('en')} ${total === 1 ? 'entry' : 'entries'} found`;
    if (!list.parentNode) count.after(list);
    const title = document.querySelector('#list h1');
    if (words) title.textContent = words.includes('"') ? words : `“${words}”`;
    document.querySelectorAll('#list .pager').forEach(one => one.remove());
    const pages = Math.ceil(total / PER_PAGE);
    if (pages > 1) {
      const pager = make('nav', 'pager');
      pager.setAttribute('aria-label', 'Pages');
      for (const [number, rel] of [[page - 1, 'prev'], [page + 1, 'next']]) {
        if (number < 1 || number > pages) continue;
        const query = new URLSearchParams(asked);
        query.set('page', number);
        const link = make('a', '', `Page ${number}`);
        link.href = `?${query}`;
        link.rel = rel;
        pager.append(link);
      }
      pager.firstChild.after(make('span', '', `page ${page} of ${more ? 'at least ' : ''}${pages}`));
      list.after(pager);
    }
    document.documentElement.dataset.listed = 'yes';
  }
  show();
})();
