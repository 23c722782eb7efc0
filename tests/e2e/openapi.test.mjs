import test from 'node:test';
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { started } from './lib/daemon.mjs';

let d, spec;
test.before(async () => {
  d = await started();
  spec = await d.ok('GET', '/api/v1/openapi.json', undefined, { token: null });
});
test.after(async () => { await d.end(); });

const methods = ['get', 'put', 'post', 'delete', 'patch'];
const operations = () => Object.entries(spec.paths).flatMap(([path, item]) => methods.filter(m => item[m]).map(method => ({ path, method, operation: item[method] })));

// The parts of OpenAPI 3.1 that our document uses; what is not named here may not stand in it.
const shape = {
  $id: 'openapi', type: 'object', required: ['openapi', 'info', 'paths', 'components'], additionalProperties: false,
  properties: {
    openapi: { const: '3.1.0' }, jsonSchemaDialect: { const: 'https://json-schema.org/draft/2020-12/schema' },
    info: { type: 'object', required: ['title', 'version'], properties: { title: { type: 'string' }, version: { type: 'string' } } },
    servers: { type: 'array', minItems: 1, items: { type: 'object', required: ['url'], properties: { url: { type: 'string' }, description: { type: 'string' } }, additionalProperties: false } },
    security: { $ref: '#/$defs/security' },
    tags: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, description: { type: 'string' } }, additionalProperties: false } },
    paths: { type: 'object', propertyNames: { pattern: '^/' }, additionalProperties: { type: 'object', minProperties: 1, additionalProperties: false, patternProperties: { '^(get|put|post|delete|patch)$': { $ref: '#/$defs/operation' } } } },
    components: { type: 'object', required: ['schemas', 'responses', 'securitySchemes'], additionalProperties: false, properties: {
      schemas: { type: 'object', propertyNames: { pattern: '^[A-Za-z0-9._-]+$' }, additionalProperties: { type: 'object' } },
      responses: { type: 'object', additionalProperties: { $ref: '#/$defs/response' } },
      securitySchemes: { type: 'object', additionalProperties: { type: 'object', required: ['type'], properties: { type: { enum: ['http', 'apiKey', 'mutualTLS'] } } } } } },
  },
  $defs: {
    security: { type: 'array', items: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } } },
    content: { type: 'object', propertyNames: { pattern: '^[a-z]+/[a-z0-9.+-]+$' }, additionalProperties: { type: 'object', required: ['schema'], properties: { schema: { type: 'object' }, example: true }, additionalProperties: false } },
    header: { type: 'object', required: ['schema'], properties: { description: { type: 'string' }, schema: { type: 'object' } }, additionalProperties: false },
    response: { anyOf: [{ type: 'object', required: ['$ref'], properties: { $ref: { type: 'string', pattern: '^#/components/responses/' } }, additionalProperties: false },
      { type: 'object', required: ['description'], properties: { description: { type: 'string' }, headers: { type: 'object', additionalProperties: { $ref: '#/$defs/header' } }, content: { $ref: '#/$defs/content' } }, additionalProperties: false }] },
    parameter: { type: 'object', required: ['name', 'in', 'schema'], additionalProperties: false, properties: { name: { type: 'string' }, in: { enum: ['path', 'query', 'header'] },
      required: { type: 'boolean' }, description: { type: 'string' }, schema: { type: 'object' }, example: true },
      if: { properties: { in: { const: 'path' } } }, then: { required: ['required'], properties: { required: { const: true } } } },
    operation: { type: 'object', required: ['operationId', 'summary', 'responses', 'x-right'], additionalProperties: false, properties: {
      operationId: { type: 'string', pattern: '^[a-z][A-Za-z]+$' }, summary: { type: 'string', minLength: 5 }, description: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } }, 'x-right': { type: 'string' },
      security: { $ref: '#/$defs/security' }, parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } },
      requestBody: { type: 'object', required: ['content'], properties: { required: { type: 'boolean' }, description: { type: 'string' }, content: { $ref: '#/$defs/content' } }, additionalProperties: false },
      responses: { type: 'object', minProperties: 1, propertyNames: { pattern: '^[2-5]\\d\\d$' }, additionalProperties: { $ref: '#/$defs/response' } } } },
  },
};

// Schemas as ajv reads them; an object that names its members has no others, so that nothing is answered that the contract does not tell.
// A part of an allOf stays open: the whole is closed.
function read(schema, isOpen) {
  if (Array.isArray(schema)) return schema.map(s => read(s, isOpen));
  if (schema === null || typeof schema !== 'object') return schema;
  const out = Object.fromEntries(Object.entries(schema).filter(([k]) => k !== 'example').map(([k, v]) => [k, read(v, k === 'allOf')]));
  if (typeof out.$ref === 'string') out.$ref = out.$ref.replace('#/components/schemas/', `${isOpen ? 'open' : 'closed'}#/$defs/`);
  if (!isOpen && (out.properties || out.allOf) && !('additionalProperties' in out)) {
    out.type ??= 'object';
    out.unevaluatedProperties = false;
  }
  return out;
}
const closed = schema => read(schema, false);
function compiler() {
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  formats(ajv);
  for (const $id of ['open', 'closed'])
    ajv.addSchema({ $id, $defs: Object.fromEntries(Object.entries(spec.components.schemas).map(([name, schema]) => [name, read(schema, $id === 'open')])) });
  return ajv;
}
const told = validate => validate.errors?.map(e => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`).join('; ');

test('the document is OpenAPI 3.1: its shape, its references, its path parameters, its names', () => {
  const ajv = new Ajv({ allErrors: true, strict: false });
  const validate = ajv.compile(shape);
  assert.ok(validate(spec), told(validate));
  const follow = ref => ref.slice(2).split('/').reduce((at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], spec);
  JSON.stringify(spec, (key, value) => {
    if (key === '$ref') assert.ok(follow(value), `${value} leads nowhere`);
    return value;
  });
  const ids = operations().map(o => o.operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  const tags = new Set(spec.tags.map(t => t.name));
  for (const { path, method, operation } of operations()) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(m => m[1]).sort();
    const described = (operation.parameters ?? []).filter(p => p.in === 'path').map(p => p.name).sort();
    assert.deepEqual(described, named, `${method} ${path}`);
    for (const tag of operation.tags ?? []) assert.ok(tags.has(tag), tag);
    if (operation['x-right'] === 'public') assert.deepEqual(operation.security, [], `${method} ${path}`);
  }
});

test('every example of the document is what its own schema says', () => {
  const ajv = compiler();
  const wrong = [];
  const hold = (where, content) => {
    for (const [type, { schema, example }] of Object.entries(content ?? {})) {
      if (example === undefined) continue;
      const validate = ajv.compile(closed(schema));
      if (!validate(example)) wrong.push(`${where} ${type}: ${told(validate)}`);
    }
  };
  for (const { path, method, operation } of operations()) {
    hold(`${method} ${path}`, operation.requestBody?.content);
    for (const [status, answer] of Object.entries(operation.responses)) hold(`${method} ${path} ${status}`, answer.content);
  }
  for (const [status, answer] of Object.entries(spec.components.responses)) hold(status, answer.content);
  assert.deepEqual(wrong, []);
});

test('a walk through everything that can be looked at: each answer is what the contract says, member by member', async () => {
  const made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['walk.example.lan'], ip_addresses: ['10.1.1.1'] });
  await d.ok('POST', `/api/v1/certificates/${made.id}/renew`, {});
  await d.ok('POST', '/api/v1/certificates', { dns_names: ['self.lan'], issuer: 'self', key: { type: 'rsa-2048' } });
  await d.ok('POST', '/api/v1/tokens', { name: 'walker', role: 'viewer', expires_in_days: 1 });
  const next = await d.ok('POST', '/api/v1/certificates', { dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'] });
  await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id, confirm_within_sec: 300 });
  const outgoing = await d.ok('POST', '/api/v1/requests', { kind: 'external', dns_names: ['asked.example.lan'] });
  const incoming = await d.ok('POST', '/api/v1/requests', { kind: 'sign', csr: outgoing.csr });
  const denied = await d.ok('POST', '/api/v1/requests', { kind: 'sign', csr: (await d.ok('POST', '/api/v1/requests', { kind: 'external', dns_names: ['no.example.lan'] })).csr });
  await d.ok('POST', `/api/v1/requests/${denied.id}/deny`, { reason: 'no' });
  const authorities = await d.ok('GET', '/api/v1/authorities');
  const jobs = await d.ok('GET', '/api/v1/jobs');
  const values = { certificates: made.id, authorities: authorities.items[0].id, jobs: jobs.items[0]?.id, requests: incoming.id };
  const queries = { '/certificates': ['', '?limit=1', '?q=walk&sort=-not_after', '?filter=status:valid'] };

  const ajv = compiler();
  const wrong = [], asked = [];
  const hold = async (operation, url, options) => {
    const answer = await d.call('GET', url, undefined, options);
    let response = operation.responses[answer.status];
    asked.push(`${answer.status} ${url}`);
    if (!response) { wrong.push(`${url}: ${answer.status} is not in the contract`); return; }
    if (response.$ref) response = spec.components.responses[response.$ref.split('/').pop()];
    const type = (answer.headers['content-type'] ?? '').split(';')[0];
    const content = response.content?.[type];
    if (!content) { wrong.push(`${url}: ${answer.status} as ${type} is not in the contract`); return; }
    const validate = ajv.compile(closed(content.schema));
    if (/json/.test(type) && !validate(answer.body)) wrong.push(`${url}: ${told(validate)}`);
  };
  for (const { path, operation } of operations().filter(o => o.method === 'get' && o.path !== '/events')) {
    const value = values[path.split('/')[1]];
    if (/\{/.test(path) && !value) continue;
    const url = `/api/v1${path.replace('{id}', value).replace('{n}', '1')}`;
    for (const query of queries[path] ?? ['']) await hold(operation, url + query);
    if (operation['x-right'] !== 'public') await hold(operation, url, { token: null });
    if (path.includes('{id}')) await hold(operation, url.replace(value, '00000000-0000-7000-8000-000000000000'));
    if (operation.responses[422]) await hold(operation, `${url}?limit=nonsense&days=nonsense&cursor=nonsense`);
  }
  const requests = spec.paths['/requests/{id}'].get;
  for (const id of [outgoing.id, denied.id]) await hold(requests, `/api/v1/requests/${id}`);
  await d.ok('POST', `/api/v1/requests/${incoming.id}/sign`, {});
  await hold(requests, `/api/v1/requests/${incoming.id}`);
  for (const form of ['pem', 'der', 'chain', 'p7b']) await hold(spec.paths['/requests/{id}/certificate'].get, `/api/v1/requests/${incoming.id}/certificate?form=${form}`);
  for (const accept of ['application/pem-certificate-chain', 'application/pkix-cert', 'application/x-pkcs7-certificates'])
    await hold(spec.paths['/certificates/{id}'].get, `/api/v1/certificates/${made.id}`, { headers: { accept } });
  assert.deepEqual(wrong, []);
  assert.ok(asked.length > 40, asked.join('\n'));
});
