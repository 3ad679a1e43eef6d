// Calls webhooks as Twilio does, signed by Twilio's own library. Reads a list of calls
// as JSON from its input, and writes the list of their HTTP statuses.
//
// A call is {token, signed, form, to, body}: form is signed for the address `signed`, and
// posted to the address `to`; body, where there is one, is posted in place of the form.
const { getExpectedTwilioSignature, validateRequest } = require("twilio");

const post = async ({ token, signed, form, to, body }) => {
  const signature = getExpectedTwilioSignature(token, signed, form);
  if (!validateRequest(token, signature, signed, form)) throw new Error("the library refuses its own signature");
  const response = await fetch(to, {
    method: "POST",
    redirect: "manual",
    headers: { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Twilio-Signature": signature },
    body: body || new URLSearchParams(form).toString(),
    signal: AbortSignal.timeout(20000),
  });
  await response.text();
  return response.status;
};

(async () => {
  let input = "";
  for await (const piece of process.stdin) input += piece;
  const statuses = [];
  for (const call of JSON.parse(input)) statuses.push(await post(call));
  console.log(JSON.stringify(statuses));
})();
