// How much of a form with files has been sent, which fetch cannot say: htmx is given another way to send it. Without this
// file the form is sent all the same, and the browser itself shows that it is at it.
const say = text => { document.getElementById('status').textContent = text; };

const sendingVia = bar => (url, { method, headers, body, signal }) => new Promise((done, failed) => {
  const request = new XMLHttpRequest(), [shown, words] = [bar.querySelector('progress'), bar.querySelector('span')];
  request.open(method, url);
  Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    shown.value = Math.floor(100 * loaded / total);
    words.textContent = loaded < total ? `Sender filene: ${shown.value} %` : 'Filene er sendt. Venter på svar.';
    if (loaded === total) say(words.textContent);
  });
  request.addEventListener('load', () => {
    const lines = request.getAllResponseHeaders().trim().split('\r\n').map(line => line.split(/: (.*)/s).slice(0, 2));
    done(new Response(request.status === 204 ? null : request.responseText, { status: request.status, headers: lines }));
  });
  request.addEventListener('error', () => failed(new TypeError('no connection')));
  request.addEventListener('abort', () => failed(new DOMException('aborted', 'AbortError')));
  signal?.addEventListener('abort', () => request.abort());
  request.send(body);
});

document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
  const bar = ctx.sourceElement.querySelector?.('[data-sending]');
  if (!bar || !(ctx.request.body instanceof FormData) || !bar.parentElement.querySelector('input[type=file]').files.length) return;
  bar.hidden = false;
  say('Sender filene.');
  ctx.fetch = sendingVia(bar);
});
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  const bar = ctx.sourceElement.querySelector?.('[data-sending]');
  if (bar) bar.hidden = true;
});
