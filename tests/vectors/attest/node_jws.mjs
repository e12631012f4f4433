// SPDX-License-Identifier: MIT
// Makes node_jws.h: JWS by Node's crypto, good ones and bad ones, with new keys each time.
// Run: node tests/vectors/attest/node_jws.mjs > tests/vectors/attest/node_jws.h
import { constants, createHmac, generateKeyPairSync, sign, verify } from 'node:crypto';

const payload = '{"iss":"https://issuer.example","sub":"agent_1","aud":"https://verifier.example",' +
  '"iat":1700000000,"exp":1700003600,"jti":"j-1","score":87}';
const pss = (saltLength) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
const raw = { dsaEncoding: 'ieee-p1363' };

const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const pssKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = {
  EdDSA: [ed25519, null, {}],
  ES256: [p256, 'sha256', raw],
  ES384: [p384, 'sha384', raw],
  PS256: [pssKey, 'sha256', pss(32)],
  RS256: [rsaKey, 'sha256', {}],
};
const kid = (alg) => 'node-' + alg.toLowerCase();
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

const input = (alg) => base64url(JSON.stringify({ alg, kid: kid(alg), typ: 'JWT' })) + '.' + base64url(payload);
const made = (text, signature) => text + '.' + base64url(signature);

function jws(alg, options) {
  const [pair, hash, usual] = key[alg];
  const text = input(alg), how = { key: pair.privateKey, ...(options ?? usual) };
  const signature = sign(hash, Buffer.from(text), how);
  const check = { ...how, key: pair.publicKey };
  if (!verify(hash, Buffer.from(text), check, signature)) throw new Error(alg + ': Node does not verify its own');
  return made(text, signature);
}

const publicJwk = (alg) => ({ ...key[alg][0].publicKey.export({ format: 'jwk' }), kid: kid(alg), alg, use: 'sig' });
const jwks = JSON.stringify({ keys: Object.keys(key).map(publicJwk) });

// What must not be taken. A MAC with the RSA key's public text as its secret; and a signature of one algorithm under
// the name of another that the same key could make.
const pem = rsaKey.publicKey.export({ format: 'pem', type: 'spki' });
const hs256 = base64url(JSON.stringify({ alg: 'HS256', kid: kid('RS256'), typ: 'JWT' })) + '.' + base64url(payload);
const swapped = base64url(JSON.stringify({ alg: 'PS256', kid: kid('RS256'), typ: 'JWT' })) + '.' + base64url(payload);

// C: no line longer than 120 columns.
function constant(name, text, comment) {
  const lines = [];
  for (let line = '', i = 0; i <= text.length; i++) {
    const c = (text[i] ?? '').replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n');
    if (i === text.length || line.length + c.length > 108) {
      lines.push(`    "${line}"`);
      line = '';
    }
    line += c;
  }
  return `${comment ? `/* ${comment} */\n` : ''}static const char ${name}[] =\n${lines.join('\n')};\n`;
}

process.stdout.write(`/* SPDX-License-Identifier: MIT */
/* JWS made by the crypto of Node ${process.version} (OpenSSL ${process.versions.openssl}). Made by node_jws.mjs. */
#ifndef ARMALO_VECTORS_NODE_JWS_H
#define ARMALO_VECTORS_NODE_JWS_H

${[
  constant('node_jws_payload', payload),
  constant('node_jws_jwks', jwks, 'The public keys: ' + Object.keys(key).map(kid).join(', ') + '.'),
  constant('node_jws_eddsa', jws('EdDSA')),
  constant('node_jws_es256', jws('ES256')),
  constant('node_jws_es384', jws('ES384')),
  constant('node_jws_ps256', jws('PS256')),
  constant('node_jws_rs256', jws('RS256')),
  constant('node_jws_es256_der', jws('ES256', { dsaEncoding: 'der' }),
    'Not to be taken: r and s in DER (RFC 7518 3.4 has them side by side).'),
  constant('node_jws_ps256_salt20', jws('PS256', pss(20)),
    'Not to be taken: a salt of 20 bytes (RFC 7518 3.5 has as many as the hash).'),
  constant('node_jws_hs256_public_key', made(hs256, createHmac('sha256', pem).update(hs256).digest()),
    'Not to be taken: a MAC with the public key of RS256, as PEM, for its secret.'),
  constant('node_jws_rs256_public_pem', pem),
  constant('node_jws_ps256_with_rs256_key',
    made(swapped, sign('sha256', Buffer.from(swapped), { key: rsaKey.privateKey, ...pss(32) })),
    'Not to be taken where the key is for RS256 alone, as its JWK says: a good PS256 signature by it.'),
].join('\n')}
#endif
`);
