package gongbei.codec.trust.published;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.file.FileContent;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.IssuerDirectory;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.JsonWebKeys;
import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.TrustAuthority;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustListFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Reads a trust list as it is published, of one file or of all files of a directory together, into
 * one {@link TrustListFile}. A key that can't be used is skipped by itself; a list that is none, or
 * whose proof is false, is refused as a whole.
 */
public final class PublishedLists {
  private static final String VERIFIED = "verified";
  private static final String NOT_VERIFIED = "not-verified";
  private static final String NO_PROOF = "none";

  private final ListFormat format;
  private final Instant now;
  private final Duration life;
  private final Optional<Path> signer;
  private final Function<Path, FileContent> content;
  private final ListedCertificates certificates = new ListedCertificates();
  private final List<IssuerKey> bareKeys = new ArrayList<>();
  private String name = "";
  private Instant publishedAt;
  private String proof = NO_PROOF;

  private PublishedLists(
      ListFormat format,
      Optional<Path> signer,
      Instant now,
      Duration life,
      Function<Path, FileContent> content) {
    this.format = format;
    this.signer = signer;
    this.now = now;
    this.life = life;
    this.content = content;
  }

  /**
   * Reads a list.
   *
   * @param from a file, or a directory whose files are read together
   * @param signer the DID document or certificate of whoever must have signed the list; where there
   *     is none, the documents that are read may hold the signer's key
   * @param now when the list is imported
   * @param life how long from now on the list counts
   * @throws TrustException where it is no such list, has a false proof, or has none that verifies
   *     although a signer was named
   */
  public static TrustListFile read(
      ListFormat format, Path from, Optional<Path> signer, Instant now, Duration life)
      throws TrustException {
    final PublishedLists lists =
        new PublishedLists(
            format, signer, now, life, file -> FileContent.read(file, TrustListFile.MAX_BYTES));
    final List<Path> files = lists.files(from);
    if (files.isEmpty()) {
      throw new TrustException(from + " has no file that could be a list");
    }
    return lists.read(from, files);
  }

  /**
   * Reads a list of one file, whose content is here already and whose signer is not named.
   *
   * @param now when the list is imported
   * @param life how long from now on the list counts
   * @throws TrustException where it is no such list, or has a false proof
   */
  public static TrustListFile read(ListFormat format, FileContent file, Instant now, Duration life)
      throws TrustException {
    return new PublishedLists(format, Optional.empty(), now, life, path -> file)
        .read(file.path(), List.of(file.path()));
  }

  private TrustListFile read(Path from, List<Path> files) throws TrustException {
    if (signer.isPresent() && format != ListFormat.WHO_DID) {
      throw new TrustException("a list of " + format.wireName() + " has no signer to be checked");
    }
    final List<TrustAuthority> forSeals = new ArrayList<>();
    switch (format) {
      case WHO_DID -> readDids(files);
      case DGC_GATEWAY -> {
        for (final Path file : files) {
          GatewayList.take(file.toString(), json(file), certificates);
        }
      }
      case PEM -> {
        for (final Path file : files) {
          readPem(file);
        }
        forSeals.addAll(certificates.authorities());
      }
      case SHC_ISSUERS -> {
        for (final Path file : files) {
          final IssuerDirectory directory = IssuerDirectory.read(file.toString(), bytes(file));
          bareKeys.addAll(directory.keys());
          directory.skipped().forEach(certificates::skip);
          published(directory.time());
        }
      }
    }
    final List<IssuerKey> keys = new ArrayList<>(certificates.keys());
    keys.addAll(bareKeys);
    return new TrustListFile(
        format.wireName(),
        name.isEmpty() ? from.getFileName().toString() : name,
        publishedAt == null ? now : publishedAt,
        now,
        now.plus(life),
        proof,
        keys,
        forSeals,
        certificates.skipped());
  }

  private List<Path> files(Path from) throws TrustException {
    if (!Files.isDirectory(from)) {
      return List.of(from);
    }
    try (Stream<Path> all = Files.walk(from)) {
      return all.filter(Files::isRegularFile).filter(this::isOfFormat).sorted().toList();
    } catch (IOException e) {
      throw new TrustException(from + " " + FileFault.reasonOf(e));
    }
  }

  private boolean isOfFormat(Path file) {
    final String ending = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return format == ListFormat.PEM
        ? KeyFile.ENDINGS.stream().anyMatch(ending::endsWith)
        : ending.endsWith(".json");
  }

  private byte[] bytes(Path file) throws TrustException {
    try {
      return content.apply(file).orThrow();
    } catch (IOException e) {
      throw new TrustException(file + " " + FileFault.reasonOf(e));
    }
  }

  /** A gateway of a country may put a line with a signature of its own before the JSON. */
  private JsonNode json(Path file) throws TrustException {
    final byte[] bytes = bytes(file);
    int start = 0;
    if (format == ListFormat.DGC_GATEWAY
        && bytes.length > 0
        && bytes[0] != '['
        && bytes[0] != '{') {
      while (start < bytes.length && bytes[start] != '\n') {
        start++;
      }
    }
    return TrustListFile.tree(file.toString(), Arrays.copyOfRange(bytes, start, bytes.length));
  }

  private void readDids(List<Path> files) throws TrustException {
    final Map<String, JsonNode> documents = new HashMap<>();
    final Map<String, String> sources = new HashMap<>();
    for (final Path file : files) {
      final JsonNode document = json(file);
      final String id = document.path("id").asText("");
      if (!id.startsWith("did:") || !document.path("verificationMethod").isArray()) {
        throw new TrustException(file + ": is no DID document");
      }
      documents.put(id, document);
      sources.put(id, file.toString());
    }
    for (final Map.Entry<String, JsonNode> each : documents.entrySet()) {
      final JsonNode document = each.getValue();
      final String source = sources.get(each.getKey());
      final boolean isSigner =
          documents.entrySet().stream()
              .anyMatch(
                  other ->
                      !other.getKey().equals(each.getKey())
                          && DidProof.signerOf(other.getValue()).equals(each.getKey()));
      if (isSigner) {
        continue; // its key signs lists, and no codes
      }
      name = name.isEmpty() ? each.getKey() : name;
      published(document.path("proof").path("created").asText(""));
      checkProof(source, document, documents);
      new DidList(source, certificates, bareKeys, documents.keySet()).take(document);
    }
  }

  private void checkProof(String source, JsonNode document, Map<String, JsonNode> documents)
      throws TrustException {
    final String by = DidProof.signerOf(document);
    if (by.isEmpty()) {
      if (signer.isPresent()) {
        throw new TrustException(source + ": has no proof, and its signer was named");
      }
      return;
    }
    final AsymmetricKeyParameter key =
        signer.isPresent() ? signerKey(by, signer.get()) : keyOf(by, documents);
    if (key == null) {
      proof = NOT_VERIFIED;
    } else {
      DidProof.verify(source, document, key);
      proof = proof.equals(NOT_VERIFIED) ? NOT_VERIFIED : VERIFIED;
    }
  }

  private AsymmetricKeyParameter signerKey(String by, Path file) throws TrustException {
    final byte[] bytes = bytes(file);
    if (bytes.length > 0 && bytes[0] == '{') {
      final JsonNode document = TrustListFile.tree(file.toString(), bytes);
      final AsymmetricKeyParameter key =
          keyOf(by, Map.of(document.path("id").asText(""), document));
      if (key == null) {
        throw new TrustException(file + ": holds no key of " + by);
      }
      return key;
    }
    final List<byte[]> found = KeyFile.of(file.toString(), bytes).certificates();
    if (found.size() != 1) {
      throw new TrustException(file + ": holds " + found.size() + " certificates, not one");
    }
    return Certificates.anchor(file.toString(), found.get(0)).publicKey();
  }

  /** The key of that DID among the documents, or null. */
  private static AsymmetricKeyParameter keyOf(String did, Map<String, JsonNode> documents)
      throws TrustException {
    for (final JsonNode document : documents.values()) {
      for (final JsonNode method : document.path("verificationMethod")) {
        if (method.path("id").asText("").equals(did)) {
          return JsonWebKeys.publicKey(did, method.path("publicKeyJwk"));
        }
      }
    }
    return null;
  }

  private void readPem(Path file) throws TrustException {
    final String source = file.toString();
    final List<byte[]> found = KeyFile.of(source, bytes(file)).certificates();
    for (int i = 0; i < found.size(); i++) {
      final byte[] der = found.get(i);
      final String each = source + (found.size() == 1 ? "" : " certificate " + (i + 1));
      try {
        final String country = Certificates.countryOf(each, der);
        if (TrustAuthority.isAuthority(each, der)) {
          certificates.addAuthority(each, country, der);
        } else {
          certificates.addSigner(each, country, null, der, List.of());
        }
      } catch (TrustException e) {
        certificates.skip(e.getMessage());
      }
    }
  }

  /** Of several documents the oldest says how old the list is. */
  private void published(String time) {
    try {
      final Instant at = Instant.parse(time);
      publishedAt = publishedAt == null || at.isBefore(publishedAt) ? at : publishedAt;
    } catch (DateTimeException e) {
      // A list that does not say when it was made is as old as its import.
    }
  }
}
