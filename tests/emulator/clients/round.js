// The whole round of work of two Node clients, unmodified from their packages: only their addresses are set.
// usage: node round.js <modules folder> <emulator address> <company>; prints one JSON document of what it saw.
'use strict';
const assert = require('node:assert/strict');
const { createRequire } = require('node:module');
const path = require('node:path');
const { Readable } = require('node:stream');

const [, , modules, base, realm] = process.argv;
const load = createRequire(path.join(modules, 'package.json'));
const OAuthClient = load('intuit-oauth');
const QuickBooks = load('node-quickbooks');
const redirectUri = 'http://localhost:8000/integrations/quickbooks/callback';
const seen = {};

const oauth = new OAuthClient({
  clientId: 'EMULATOR-CLIENT-ID', clientSecret: 'EMULATOR-CLIENT-SECRET', environment: 'sandbox', redirectUri,
});
oauth.setAuthorizeURLs({
  authorizeEndpoint: `${base}/connect/oauth2`,
  tokenEndpoint: `${base}/oauth2/v1/tokens/bearer`,
  revokeEndpoint: `${base}/v2/oauth2/tokens/revoke`,
  userInfoEndpoint: `${base}/sandbox/v1/openid_connect/userinfo`,
});

async function consent() {
  const asked = new URL(oauth.authorizeUri({
    scope: [OAuthClient.scopes.Accounting, OAuthClient.scopes.OpenId, OAuthClient.scopes.Email], state: 'round',
  }));
  const form = new URLSearchParams(asked.search);
  form.set('realm', realm);
  form.set('decision', 'connect');
  const answer = await fetch(asked.origin + asked.pathname, { method: 'POST', body: form, redirect: 'manual' });
  return answer.headers.get('location');
}

function client(token, refresh) {
  const made = new QuickBooks('EMULATOR-CLIENT-ID', 'EMULATOR-CLIENT-SECRET', token, false, realm, true, false, 75, '2.0', refresh);
  made.endpoint = `${base}/sandbox/v3/company/`;
  return made;
}

const call = (books, name, ...given) => new Promise((resolve, reject) => {
  books[name](...given, (error, answer) => (error ? reject(error) : resolve(answer)));
});

async function refused(promise, code) {
  try {
    await promise;
  } catch (error) {
    const fault = error.Fault || error.response.data.Fault;
    assert.equal(fault.Error[0].code, code);
    return;
  }
  assert.fail(`nothing was refused; ${code} was expected`);
}

async function main() {
  const first = (await oauth.createToken(await consent())).getToken();
  assert.equal(first.realmId, realm);
  const again = (await oauth.refresh()).getToken();
  assert.ok(oauth.isAccessTokenValid());
  seen.user = (await oauth.getUserInfo()).json.email;
  const company = await oauth.makeApiCall({ url: `${base}/v3/company/${realm}/companyinfo/${realm}` });
  seen.company = company.json.CompanyInfo.CompanyName;

  const books = client(again.access_token, again.refresh_token);
  const customer = await call(books, 'createCustomer', { DisplayName: "O'Neill & Söns #1" });
  const named = await call(books, 'findCustomers', [{ field: 'DisplayName', value: "O'Neill & Söns #1", operator: '=' }]);
  assert.deepEqual(named.QueryResponse.Customer.map((one) => one.Id), [customer.Id]);
  const all = await call(books, 'findCustomers', { fetchAll: true, limit: 10, asc: 'Id' });
  seen.customers = all.QueryResponse.Customer.length;
  seen.counted = (await call(books, 'findCustomers', { count: true })).QueryResponse.totalCount;
  const renamed = await call(books, 'updateCustomer', { Id: customer.Id, SyncToken: customer.SyncToken, sparse: true, Notes: 'by node' });
  assert.equal(renamed.SyncToken, '1');
  await refused(call(books, 'updateCustomer', { Id: customer.Id, SyncToken: '0', sparse: true, Notes: 'late' }), '5010');
  await refused(call(books, 'createCustomer', { DisplayName: 'Cool Cars' }), '6240');

  const item = await call(books, 'createItem', {
    Name: 'Node hours', Type: 'Service', UnitPrice: 12.5, IncomeAccountRef: { value: '1' },
  });
  const invoice = await call(books, 'createInvoice', {
    CustomerRef: { value: customer.Id },
    Line: [{ Amount: 25, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: item.Id }, Qty: 2, UnitPrice: 12.5 } }],
  });
  assert.equal(invoice.TotalAmt, 25);
  const payment = await call(books, 'createPayment', {
    CustomerRef: { value: customer.Id }, TotalAmt: 25,
    Line: [{ Amount: 25, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }],
  });
  assert.equal((await call(books, 'getInvoice', invoice.Id)).Balance, 0);
  const pdf = await call(books, 'getInvoicePdf', invoice.Id);
  assert.equal(Buffer.from(pdf).subarray(0, 5).toString(), '%PDF-');
  const sent = await call(books, 'sendInvoicePdf', invoice.Id, 'ada@lumen.example');
  assert.equal((sent.Invoice || sent).EmailStatus, 'EmailSent');
  const attached = await call(books, 'upload', 'note.txt', 'text/plain', Readable.from([Buffer.from('hello')]), 'Invoice', invoice.Id);
  assert.equal(attached.AttachableRef[0].EntityRef.value, invoice.Id);
  seen.file = await (await fetch(attached.TempDownloadUri)).text();

  const voided = await call(books, 'voidPayment', { Id: payment.Id, SyncToken: payment.SyncToken });
  assert.equal(voided.PrivateNote, 'Voided');
  assert.equal((await call(books, 'getInvoice', invoice.Id)).Balance, 25);
  await call(books, 'voidInvoice', invoice.Id);
  await call(books, 'deletePayment', payment.Id);
  await refused(call(books, 'getPayment', payment.Id), '610');

  const batch = await call(books, 'batch', [
    { bId: 'a', operation: 'create', Customer: { DisplayName: 'From a batch' } },
    { bId: 'b', operation: 'create', Customer: { DisplayName: 'Cool Cars' } },
    { bId: 'c', Query: 'select * from Item maxresults 2' },
  ]);
  assert.deepEqual(batch.BatchItemResponse.map((one) => [one.bId, Object.keys(one)[0]]), [['a', 'Customer'], ['b', 'Fault'], ['c', 'QueryResponse']]);
  const since = new Date(Date.parse(customer.MetaData.CreateTime) - 1000).toISOString();
  const changed = await call(books, 'changeDataCapture', ['Customer', 'Invoice', 'Payment'], since);
  seen.changed = changed.CDCResponse[0].QueryResponse.map((one) => Object.keys(one)[0]);
  seen.deleted = changed.CDCResponse[0].QueryResponse[2].Payment.filter((one) => one.status === 'Deleted').length;
  const aged = await call(books, 'reportAgedReceivables', { customer: '1' });
  seen.report = aged.Header.ReportName;
  seen.preferences = (await call(books, 'getPreferences')).ReportPrefs.ReportBasis;
  for (const name of ['Accounts', 'Vendors', 'Terms', 'PaymentMethods', 'TaxCodes', 'Estimates', 'Bills', 'Deposits', 'Attachables']) {
    assert.ok((await call(books, `find${name}`, { limit: 5 })).QueryResponse, name);
  }

  await oauth.revoke({ refresh_token: again.refresh_token });
  try {
    await oauth.refreshUsingToken(again.refresh_token);
    assert.fail('a revoked token was refreshed');
  } catch (error) {
    seen.revoked = error.error || error.message;
  }
  process.stdout.write(JSON.stringify(seen));
}

main().catch((error) => {
  process.stderr.write(`${error.stack || JSON.stringify(error)}\n${JSON.stringify((error.response || {}).data || error.Fault || '')}\n`);
  process.exit(1);
});
