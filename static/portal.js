// The little that HTML and htmx cannot say: that the connection is gone, which button is at work, that a number was
// copied, what stands in a field of dots, and where focus goes when what had it is gone. Everything works without this file.
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
    setTimeout(() => { if (homeless()) (pressed || from).focus(); }); // its button was disabled meanwhile
  });

  on('htmx:after:swap', ({ detail: { ctx } }) => {
    reveal();
    const place = byId(ctx.target?.id);
    if (!homeless() || !place) return;
    const next = place.hidden ? document.querySelector('h1') : place.querySelector('[tabindex="-1"]') || place;
    next.focus({ preventScroll: true });
  });

  const reveal = () => document.querySelectorAll(`[data-show][hidden]${navigator.clipboard ? ', [data-copy][hidden]' : ''}`)
    .forEach(b => { b.hidden = false; });
  const more = () => {
    const script = document.querySelector('[data-script]')?.dataset.script;
    if (script) import(script); // what few pages need; it runs once
  };
  on('htmx:after:swap', more);
  more();
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
