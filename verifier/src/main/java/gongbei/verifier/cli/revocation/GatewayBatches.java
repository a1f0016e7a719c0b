package gongbei.verifier.cli.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.config.Limits;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationList.Hash;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessable;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * Reads the batches of the EU gateway's revocation list: {@code country}, {@code expires}, {@code
 * kid}, {@code hashType} and up to 1,000 {@code entries}, plain or as the gateway hands them out,
 * signed (CMS, Base64 or DER); and the list of batches, which says which have been deleted. For one
 * thread.
 */
final class GatewayBatches {
  private static final Pattern NUMBER =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Set<RevocationType> TYPES =
      EnumSet.of(RevocationType.UCI, RevocationType.COUNTRYCODEUCI, RevocationType.SIGNATURE);

  /** Made once: to make it takes milliseconds. */
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private final JcaSimpleSignerInfoVerifierBuilder verifiers =
      new JcaSimpleSignerInfoVerifierBuilder().setProvider(PROVIDER);
  private final GatheredLists into;
  private final List<X509CertificateHolder> signers;
  private final long now;
  private final Map<String, String> listed = new HashMap<>();
  private final Set<String> read = new HashSet<>();
  private Optional<String> unfinished = Optional.empty();

  /**
   * @param signers who must have signed each batch; where there are none, anybody may have, or
   *     nobody
   */
  GatewayBatches(GatheredLists into, List<X509CertificateHolder> signers, long now) {
    this.into = into;
    this.signers = List.copyOf(signers);
    this.now = now;
  }

  /**
   * Takes a batch or a list of batches.
   *
   * @param name the file's name without its ending: the batch's number, where it is one
   */
  void take(String name, byte[] file) throws RevocationException {
    final int first = firstCharacter(file);
    final boolean isPlain = first == '{';
    final JsonNode json = ListJson.parse(isPlain ? file : opened(file, first));
    if (isPlain && json.has("batches")) {
      takeList(name, json);
      return;
    }
    if (isPlain && !signers.isEmpty()) {
      throw new RevocationException("", "batch", "is not signed, and its signer was named");
    }
    takeBatch(name, json);
  }

  private static int firstCharacter(byte[] file) {
    for (final byte each : file) {
      if (each != ' ' && each != '\t' && each != '\r' && each != '\n') {
        return each;
      }
    }
    return 0;
  }

  private byte[] opened(byte[] file, int first) throws RevocationException {
    final byte[] der;
    // Base64 of DER begins with M: of 0x30.
    if (first == 'M') {
      try {
        der = Base64.getMimeDecoder().decode(new String(file, StandardCharsets.ISO_8859_1));
      } catch (IllegalArgumentException e) {
        throw new RevocationException("", "CMS", "is not Base64");
      }
    } else {
      der = file;
    }
    try {
      return content(new CMSSignedData(der));
    } catch (CMSException | OperatorCreationException e) {
      throw new RevocationException("", "CMS", "is none: " + e.getMessage());
    } catch (RevocationException e) {
      throw e;
    } catch (Exception e) {
      // The library throws what it likes at bytes that are no CMS.
      throw new RevocationException("", "CMS", "is none: " + e);
    }
  }

  private byte[] content(CMSSignedData cms) throws Exception {
    final CMSProcessable signed = cms.getSignedContent();
    if (signed == null || !(signed.getContent() instanceof byte[] content)) {
      throw new RevocationException("", "CMS", "has no content");
    }
    if (cms.getSignerInfos().size() == 0) {
      throw new RevocationException("", "CMS", "is signed by nobody");
    }
    for (final SignerInformation signer : cms.getSignerInfos()) {
      final X509CertificateHolder certificate = certificateOf(cms, signer);
      if (!signer.verify(verifiers.build(certificate))) {
        throw new RevocationException("", "CMS", "has a signature that is not its signer's");
      }
    }
    return content;
  }

  /** The certificate of a signer: one of those that were named, else the one that comes along. */
  private X509CertificateHolder certificateOf(CMSSignedData cms, SignerInformation signer)
      throws RevocationException {
    for (final X509CertificateHolder named : signers) {
      if (signer.getSID().match(named)) {
        return named;
      }
    }
    if (!signers.isEmpty()) {
      throw new RevocationException("", "CMS", "is signed by another than the signer named");
    }
    for (final X509CertificateHolder each : cms.getCertificates().getMatches(null)) {
      if (signer.getSID().match(each)) {
        return each;
      }
    }
    throw new RevocationException("", "CMS", "has no certificate of its signer");
  }

  private void takeList(String name, JsonNode json) throws RevocationException {
    if (!json.path("batches").isArray()) {
      throw new RevocationException("", "batches", "are not an array");
    }
    if (!json.path("more").isBoolean()) {
      throw new RevocationException("", "more", "is neither true nor false");
    }
    if (json.path("more").booleanValue()) {
      unfinished = Optional.of(name);
    }
    int index = 0;
    for (final JsonNode each : json.path("batches")) {
      final String path = "batches[" + index++ + "].";
      final String number = ListJson.text(each, path, "batchId");
      if (!NUMBER.matcher(number).matches()) {
        throw new RevocationException("", path + "batchId", "is not a UUID in small letters");
      }
      if (!each.path("deleted").isBoolean()) {
        throw new RevocationException("", path + "deleted", "is neither true nor false");
      }
      if (each.path("deleted").booleanValue()) {
        listed.remove(number);
        into.withdraw(number);
      } else {
        listed.put(number, path + "batchId");
      }
    }
  }

  private void takeBatch(String name, JsonNode json) throws RevocationException {
    final String country = ListJson.text(json, "", "country");
    if (!country.matches("[A-Z]{2}")) {
      throw new RevocationException("", "country", "is not two capitals");
    }
    final long expires = ListJson.time(ListJson.text(json, "", "expires"), "expires");
    final OptionalLong kid = ListJson.kid(ListJson.text(json, "", "kid"), "kid");
    final RevocationType type =
        RevocationType.ofWireName(ListJson.text(json, "", "hashType"))
            .filter(TYPES::contains)
            .orElseThrow(
                () ->
                    new RevocationException(
                        "", "hashType", "is none of UCI, COUNTRYCODEUCI, SIGNATURE"));
    final SortedMap<Hash, Long> entries = entries(json.path("entries"));
    if (NUMBER.matcher(name).matches()) {
      read.add(name);
    }
    if (expires <= now) {
      into.passOver();
      return;
    }
    final RevocationScope scope = new RevocationScope(EnumSet.of(type), country, kid, expires);
    if (NUMBER.matcher(name).matches()) {
      into.add(name, scope, entries);
    } else {
      into.add(scope, entries);
    }
  }

  private static SortedMap<Hash, Long> entries(JsonNode array) throws RevocationException {
    if (!array.isArray() || array.isEmpty() || array.size() > Limits.MAX_REVOCATION_BATCH) {
      throw new RevocationException(
          "", "entries", "are not an array of 1 to " + Limits.MAX_REVOCATION_BATCH);
    }
    final SortedMap<Hash, Long> entries = new TreeMap<>();
    for (int i = 0; i < array.size(); i++) {
      final String path = "entries[" + i + "].";
      final byte[] hash = ListJson.base64(ListJson.text(array.get(i), path, "hash"), path + "hash");
      if (hash.length != RevocationList.HASH_BYTES) {
        throw new RevocationException("", path + "hash", "is of " + hash.length + " bytes, not 16");
      }
      entries.put(Hash.of(hash, 0), RevocationList.ANY_TIME);
    }
    return entries;
  }

  /**
   * Ends the import: what a list of batches names must have been read.
   *
   * @param isDelta whether what was imported before stays
   */
  void end(boolean isDelta) throws RevocationException {
    if (unfinished.isPresent() && !isDelta) {
      throw new RevocationException(
          unfinished.get(), "more", "is true: the other batches are to be imported together");
    }
    for (final Map.Entry<String, String> each : listed.entrySet()) {
      if (!read.contains(each.getKey())) {
        throw new RevocationException(
            "", each.getValue(), "is " + each.getKey() + ", and no file of that name is there");
      }
    }
  }
}
