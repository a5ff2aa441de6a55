// What neither axe-core nor a look at the scroll bar sees: texts that lie on each other, texts that a panel cuts off,
// dates and clock times in two lines, and things to press that are too low for a finger. Returns sentences.
() => {
  const INLINE = /^(A|B|I|Q|ABBR|CODE|DATA|EM|LABEL|SMALL|SPAN|STRONG|TIME|WBR)$/;
  const WHOLE = /\d{1,2}\.\d{1,2}\.\d{4}|\d{2}:\d{2}(\s?–\s?\d{2}:\d{2})?|\d{1,2}\. (januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember)/g;
  const slack = 1.5;
  const found = new Set();
  const short = text => text.trim().replace(/\s+/g, ' ').slice(0, 40);
  const say = (kind, ...texts) => found.add(`${kind}: ${texts.map(t => `“${short(t)}”`).join(' and ')}`);

  // For those who listen only, whatever class it has.
  const heard = element => element && (getComputedStyle(element).clipPath === 'inset(50%)' || heard(element.parentElement));
  const seen = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    && !element.closest('.skip, svg, dialog:not([open])') && !heard(element);
  const block = element => { while (INLINE.test(element.tagName) && getComputedStyle(element).display === 'inline') element = element.parentElement; return element; };

  // What cuts off, and whether one is meant to scroll there or to see the beginning only.
  const clips = new Map();
  const clip = element => {
    if (!element || element === document.documentElement) return null;
    if (!clips.has(element)) {
      const style = getComputedStyle(element), cuts = /hidden|clip/.test(style.overflowX + style.overflowY);
      const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY) || style.webkitLineClamp !== 'none' || style.textOverflow === 'ellipsis';
      clips.set(element, scrolls ? 'scrolls' : cuts ? element : clip(element.parentElement));
    }
    return clips.get(element);
  };

  // A bar that stays in sight lies on what is scrolled below it, which is what it is for.
  const bar = element => element.closest('.ending, .chosen');

  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || /^(SCRIPT|STYLE|OPTION|TEXTAREA|NOSCRIPT)$/.test(parent.tagName) || !seen(parent)) continue;
    range.selectNodeContents(node);
    const cut = clip(parent), edge = cut && cut !== 'scrolls' ? cut.getBoundingClientRect() : null;
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue;
      if (edge && (rect.right > edge.right + slack || rect.left < edge.left - slack || rect.bottom > edge.bottom + slack * 2)) say('cut off', node.data);
      // The line box of the font is higher than its letters: a third of it is air.
      const air = rect.height / 6;
      if (cut !== 'scrolls') texts.push({ node, text: node.data, in: block(parent), bar: bar(parent), left: rect.left, right: rect.right, top: rect.top + air, bottom: rect.bottom - air });
    }
    for (const match of node.data.matchAll(WHOLE)) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const tops = [...range.getClientRects()].filter(rect => rect.width > 0).map(rect => Math.round(rect.top));
      if (Math.max(...tops) - Math.min(...tops) > 4) say('broken', match[0]);
    }
  }
  texts.sort((a, b) => a.top - b.top);
  texts.forEach((a, at) => {
    for (const b of texts.slice(at + 1)) {
      if (b.top >= a.bottom - slack) break;
      if (a.node === b.node || a.bar !== b.bar) continue;
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack && Math.min(a.bottom, b.bottom) - b.top > slack) say('overlap', a.text, b.text);
    }
  });

  for (const element of document.querySelectorAll('button, .button, input:not([type=hidden]), select, textarea, summary, nav a')) {
    if (!seen(element)) continue;
    const { width, height } = (element.type === 'checkbox' || element.type === 'radio' ? element.closest('label') || element : element).getBoundingClientRect();
    if (width && height && height < 23.5) say(`${height.toFixed(0)} px high`, element.textContent || element.name);
  }
  for (const element of document.querySelectorAll('.panel, .card, .note')) {
    if (seen(element) && getComputedStyle(element).overflowX !== 'auto' && element.scrollWidth > element.clientWidth + 1) say(`${element.scrollWidth - element.clientWidth} px too wide`, element.textContent);
  }
  return [...found];
}
