package gongbei.codec.trust.published;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.json.JsonCanonicalizer;
import gongbei.codec.json.JsonValidator;
import gongbei.codec.trust.TrustException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes the WHO's DID documents as the lines that their proofs are made over: the canonical
 * N-Quads (RDF Dataset Canonicalization, RDFC-1.0) of the JSON-LD of documents of this one shape.
 * Everything in it has a name but the proof's options, so canonical is sorted. A context or a
 * member whose meaning is not known here makes a proof one that can't be checked: nothing of a
 * document goes unsigned unnoticed.
 */
final class DidQuads {
  private static final String SECURITY = "https://w3id.org/security#";
  private static final String RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
  private static final String DID_CONTEXT = "https://www.w3.org/ns/did/v1";
  private static final String JWS_CONTEXT = "https://w3id.org/security/suites/jws-2020/v1";
  private static final String TNG_CONTEXT = "https://smart.who.int/trust/tng-context/v1";
  private static final String VALUE_SETS = "https://smart.who.int/trust/ValueSet-";
  private static final String OPTIONS = "_:c14n0";
  private static final int MAX_DEPTH = 16;
  private static final int MAX_MEMBERS = 64;

  private final Set<String> quads = new TreeSet<>();
  private final String source;
  private String environment;

  private DidQuads(String source) {
    this.source = source;
  }

  /** The lines of a document without its proof. */
  static byte[] ofDocument(String source, JsonNode document) throws TrustException {
    final DidQuads quads = new DidQuads(source);
    quads.readContexts(document);
    quads.addDocument(document);
    return quads.bytes();
  }

  /** The lines of a proof without its signature. */
  static byte[] ofProof(String source, JsonNode document) throws TrustException {
    final DidQuads quads = new DidQuads(source);
    quads.readContexts(document);
    quads.addProof(document.path("proof"));
    return quads.bytes();
  }

  private TrustException unknown(String what) {
    return new TrustException(source + ": its proof can't be checked: " + what);
  }

  private void readContexts(JsonNode document) throws TrustException {
    for (final JsonNode context : document.path("@context")) {
      final String name = context.asText();
      if (name.startsWith(TNG_CONTEXT) && name.endsWith(".jsonld")) {
        final String rest =
            name.substring(TNG_CONTEXT.length(), name.length() - ".jsonld".length());
        if (!rest.isEmpty() && !rest.equals("-DEV") && !rest.equals("-UAT")) {
          throw unknown("@context " + name + " is not known");
        }
        environment = rest;
      } else if (!name.equals(DID_CONTEXT) && !name.equals(JWS_CONTEXT)) {
        throw unknown("@context " + name + " is not known");
      }
    }
  }

  private void addDocument(JsonNode document) throws TrustException {
    final String id = iri(document.path("id"));
    for (final Map.Entry<String, JsonNode> member : document.properties()) {
      switch (member.getKey()) {
        case "@context", "id", "proof" -> {
          // The contexts say what names mean, and a proof is not over itself.
        }
        case "controller" -> add(id, SECURITY + "controller", iri(member.getValue()));
        case "verificationMethod" -> {
          for (final JsonNode method : member.getValue()) {
            if (method.isTextual()) {
              add(id, SECURITY + "verificationMethod", iri(method));
            } else {
              add(id, SECURITY + "verificationMethod", iri(method.path("id")));
              addMethod(method);
            }
          }
        }
        default -> throw unknown("its member " + member.getKey() + " is not known");
      }
    }
  }

  private void addMethod(JsonNode method) throws TrustException {
    final String id = iri(method.path("id"));
    if (!method.path("type").asText().equals("JsonWebKey2020")) {
      throw unknown("the type of " + id + " is not JsonWebKey2020");
    }
    for (final Map.Entry<String, JsonNode> member : method.properties()) {
      switch (member.getKey()) {
        case "id" -> {
          // Each line begins with it.
        }
        case "type" -> add(id, RDF + "type", "<" + SECURITY + "JsonWebKey2020>");
        case "controller" -> add(id, SECURITY + "controller", iri(member.getValue()));
        case "publicKeyJwk" ->
            add(
                id,
                SECURITY + "publicKeyJwk",
                literal(canonical(member.getValue())) + "^^<" + RDF + "JSON>");
        case "domain" -> addCode(id, "Domains", member.getValue());
        case "participant" -> addCode(id, "Participants", member.getValue());
        case "keyusage" -> addCode(id, "KeyUsage", member.getValue());
        default -> throw unknown("the member " + member.getKey() + " of " + id + " is not known");
      }
    }
  }

  private void addCode(String id, String valueSet, JsonNode value) throws TrustException {
    final String code = value.path("code").asText();
    if (environment == null || !code.startsWith("#") || value.size() != 1) {
      throw unknown("the " + valueSet + " of " + id + " are not given as its context has it");
    }
    final String set = VALUE_SETS + valueSet + environment + ".jsonld";
    add(id, set, "<" + set + code + ">");
  }

  private void addProof(JsonNode proof) throws TrustException {
    for (final Map.Entry<String, JsonNode> member : proof.properties()) {
      final String text = member.getValue().asText();
      switch (member.getKey()) {
        case "jws" -> {
          // The signature is not over itself.
        }
        case "type" -> add(OPTIONS, RDF + "type", "<" + SECURITY + text + ">");
        case "created" ->
            add(
                OPTIONS,
                "http://purl.org/dc/terms/created",
                literal(text) + "^^<http://www.w3.org/2001/XMLSchema#dateTime>");
        case "nonce", "domain", "challenge" ->
            add(OPTIONS, SECURITY + member.getKey(), literal(text));
        case "proofPurpose" -> add(OPTIONS, SECURITY + "proofPurpose", "<" + SECURITY + text + ">");
        case "verificationMethod" ->
            add(OPTIONS, SECURITY + "verificationMethod", iri(member.getValue()));
        default -> throw unknown("the member " + member.getKey() + " of its proof is not known");
      }
    }
  }

  private String canonical(JsonNode value) throws TrustException {
    final byte[] json = value.toString().getBytes(StandardCharsets.UTF_8);
    final String fault = new JsonValidator(MAX_DEPTH, MAX_MEMBERS).examine(json, 0, json.length);
    if (fault != null) {
      throw unknown("a key " + fault);
    }
    final byte[] into = new byte[json.length * JsonCanonicalizer.MAX_GROWTH];
    final int length = new JsonCanonicalizer(MAX_DEPTH, MAX_MEMBERS).write(json, 0, into);
    if (length < 0) {
      throw unknown("a key has a number that is out of range");
    }
    return new String(into, 0, length, StandardCharsets.UTF_8);
  }

  private String iri(JsonNode node) throws TrustException {
    final String text = node.asText("");
    if (!text.startsWith("did:") || text.chars().anyMatch(DidQuads::isNoneOfAnIri)) {
      throw unknown("'" + text + "' is no DID");
    }
    return "<" + text + ">";
  }

  private static boolean isNoneOfAnIri(int character) {
    return character <= ' ' || "<>\"{}|\\^`".indexOf(character) >= 0;
  }

  private static String literal(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r")
        + '"';
  }

  private void add(String subject, String predicate, String object) {
    quads.add(subject + " <" + predicate + "> " + object + " .\n");
  }

  private byte[] bytes() {
    return String.join("", quads).getBytes(StandardCharsets.UTF_8);
  }
}
