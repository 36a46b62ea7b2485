// Asks a server with the types that openapi-typescript generates; the server's address is the first argument.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Answer = components["schemas"]["Answer"];

const [, , baseUrl, key] = process.argv;
const headers: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {};
// of the two forms of an answer the whole object, not the events
const client = createClient<paths, `application/${string}`>({ baseUrl: baseUrl ?? "", headers });

async function ask(question: string, conversation_id?: string): Promise<Answer> {
  const body = conversation_id ? { question, conversation_id } : { question };
  const { data, error } = await client.POST("/v1/ask", { body });
  assert(data, error?.detail);
  return data;
}

const first = await ask("公办园占比要达到多少？");
assert.equal(first.status, "answered");
const cited = first.citations[0];
assert(cited);
const { data: stored } = await client.GET("/v1/documents/{id}/text", {
  params: { path: { id: cited.document_id }, query: { version: cited.document_version } },
  parseAs: "text",
});
// offsets count code points; a string of JavaScript counts UTF-16 units
assert.equal([...(stored as string)].slice(cited.start, cited.end).join(""), cited.quote);

const second = await ask("那要到哪一年？", first.conversation_id);
assert.equal(second.short_answer, "2022年");

const { data: found } = await client.POST("/v1/search", { body: { query: "公办园占比", top_k: 3 } });
assert.equal(found?.hits.length, 3);

const { data: checked } = await client.POST("/v1/verify", { body: { quote: cited.quote } });
assert.equal(checked?.results[0]?.verdict, "verbatim");

const { error: refused, response } = await client.POST("/v1/ask", { body: { question: " " } });
assert.equal(response.status, 422);
assert.equal(refused?.errors?.[0]?.field, "question");
console.log("the TypeScript client has asked");
