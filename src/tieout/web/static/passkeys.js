// Passkeys: asks the browser for one and sends the form with it. Forms say what they want: data-passkey="create" or "get".
"use strict";

const SENTENCES = {
  NotAllowedError: "No passkey was used: it was cancelled, or took too long. Try again, or choose another way.",
  InvalidStateError: "This device or key is registered already.",
  SecurityError: "Passkeys work only under a host name (such as localhost) or https. Open this page under its name and try again.",
};
const ELSE = "This browser could not use a passkey. Try again, or choose another way.";

async function options(form) {
  const kept = form.dataset.passkeyOptions;
  if (kept) return JSON.parse(document.getElementById(kept).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} for ${form.action}`);
  return answer.json();
}

async function credential(form) {
  const given = await options(form);
  if (form.dataset.passkey === "get") return webauthnJSON.get(given.request_options);
  const asked = given.creation_options;
  const alone = form.elements.passwordless.checked;
  Object.assign(asked.publicKey.authenticatorSelection, {
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    userVerification: alone ? "required" : "preferred",
  });
  return webauthnJSON.create(asked);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await credential(form));
    } catch (error) {
      problem.textContent = SENTENCES[error.name] || ELSE;
      problem.hidden = false;
      return;
    }
    form.submit();
  });
}
