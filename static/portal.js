// The little that HTML and htmx cannot say: that the connection is gone, which button is at work, that a number was
// copied, what stands in a field of dots, what was typed before one went Back, and where focus goes when what had it is
// gone. Everything works without this file.
(() => {
  const LOST = document.documentElement.lang === 'en' ? 'No connection. Please try again.'
    : 'Ingen forbindelse. Det du har skrevet, står her fortsatt. Prøv igjen.';
  const on = (event, act) => document.addEventListener(event, act);
  const byId = id => document.getElementById(id);
  const say = text => { byId('status').textContent = text; };
  const homeless = () => !document.activeElement || document.activeElement === document.body;

  const found = () => {
    byId('lost')?.remove();
    if (byId('status').textContent === LOST) say('');
  };
  on('htmx:after:request', found);
  const busy = is => ({ detail: { ctx } }) => ctx.request?.submitter?.setAttribute('aria-busy', is);
  on('htmx:before:request', busy(true));
  on('htmx:finally:request', busy(false));
  on('htmx:error', ({ detail: { ctx } }) => {
    if (!ctx || ctx.text !== undefined) return; // an answer did come: not the connection
    found();
    const from = ctx.sourceElement, pressed = ctx.request.submitter, note = document.createElement('span');
    note.id = 'lost';
    note.className = 'error';
    note.textContent = LOST;
    (pressed?.closest('.row') || from.closest('form') || from.parentElement).append(note);
    say(LOST);
    setTimeout(() => {
      if (homeless()) (pressed || from).focus(); // its button was disabled meanwhile
      note.scrollIntoView({ block: 'nearest' });
    });
  });

  on('htmx:after:swap', ({ detail: { ctx } }) => {
    reveal();
    const place = byId(ctx.target?.id);
    if (!homeless() || !place) return;
    const next = place.hidden ? document.querySelector('h1') : place.querySelector('[tabindex="-1"]') || place;
    next.focus({ preventScroll: true });
  });

  // What is typed belongs to its entry of the history, as browsers themselves keep it where a page may be kept: Back and
  // Forward find it again. Only what was changed, so that what others saved meanwhile stays; never a number of a person,
  // nor a form that asks for a password or a code.
  const SECRET = '[autocomplete$=password], [autocomplete=one-time-code]', NUMBER = /(\d\D{0,3}){11}/;
  const ticked = f => /checkbox|radio/.test(f.type);
  const changed = f => ticked(f) ? f.checked !== f.defaultChecked
    : f.options ? !f.selectedOptions[0]?.defaultSelected : f.value !== f.defaultValue;
  const typed = form => [...form.elements].map(f => f.name && f.name !== 'national_id' && !NUMBER.test(f.value)
    && !/hidden|password|file|submit/.test(f.type) && changed(f) && [f.name, ticked(f) ? f.checked : f.value]);
  const keep = ({ target: { form } }, what = typed) => {
    if (form?.method !== 'post' || !form.id || form.querySelector(SECRET)) return;
    history.replaceState({ ...history.state, typed: { ...history.state?.typed, [form.id]: what(form) } }, '');
  };
  const restore = () => Object.entries(history.state?.typed || {}).forEach(([id, fields]) => {
    [...byId(id)?.elements || []].forEach((f, at) => {
      if (fields[at]?.[0] === f.name && f.name) f[ticked(f) ? 'checked' : 'value'] = fields[at][1];
    });
  });
  on('input', keep);
  on('submit', ({ target }) => keep({ target: { form: target } }, () => []));
  on('htmx:after:swap', restore);
  restore();

  const reveal = () => document.querySelectorAll(`[data-show][hidden]${navigator.clipboard ? ', [data-copy][hidden]' : ''}`)
    .forEach(b => { b.hidden = false; });
  const more = () => {
    const script = document.querySelector('[data-script]')?.dataset.script;
    if (script) import(script); // what few pages need; it runs once
  };
  on('htmx:after:swap', more);
  more();
  // The lists are drawn without this sheet, so that they fit one window; what is opened from them finds it there.
  const { sheet } = document.currentScript.dataset;
  if (!document.querySelector(`link[href="${sheet}"]`)) {
    addEventListener('load', () => document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: sheet })));
  }
  reveal();
  const show = (button, shown) => {
    byId(button.dataset.show).type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', shown);
  };
  on('click', ({ target }) => {
    const button = target.closest('[data-show]');
    if (button) show(button, button.getAttribute('aria-pressed') !== 'true');
  });
  // No browser keeps what is sent from a field of dots.
  on('submit', ({ target }) => target.querySelectorAll('[data-show]').forEach(b => show(b, false)));
  on('click', ({ target }) => {
    const button = target.closest('[data-copy]');
    if (!button) return;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      const words = button.textContent;
      button.textContent = 'Kopiert';
      say(button.dataset.said || 'Nummeret er kopiert');
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  });
})();
