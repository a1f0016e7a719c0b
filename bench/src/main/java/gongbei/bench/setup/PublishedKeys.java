package gongbei.bench.setup;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import gongbei.codec.file.FileContent;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustListFile;
import gongbei.codec.trust.published.ListFormat;
import gongbei.codec.trust.published.PublishedLists;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** Trust lists as the EU's gateway publishes them, of new keys of several countries. */
public final class PublishedKeys {
  private static final String[] COUNTRIES = {"AT", "BE", "DE", "ES", "FR", "IT", "NL", "PT", "SE"};
  private static final ObjectMapper JSON = new ObjectMapper();

  private PublishedKeys() {}

  /** Returns a list of so many keys, valid from a minute before on, as it is downloaded. */
  public static byte[] gateway(int keys, Instant now) {
    final ArrayNode entries = JSON.createArrayNode();
    final KeyGeneration generation = new KeyGeneration();
    for (int i = 0; i < keys; i++) {
      final String country = COUNTRIES[i % COUNTRIES.length];
      final SigningKey key =
          generation.generate(country, now.minusSeconds(60), now.plus(Duration.ofDays(700)));
      entries
          .addObject()
          .put("certificateType", "DSC")
          .put("country", country)
          .put("rawData", Base64.getEncoder().encodeToString(key.certificate()));
    }
    return entries.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns what a node keeps of a list that was downloaded, as {@code gongbei trust import}. */
  public static TrustListFile list(byte[] gateway, Instant now) throws TrustException {
    return PublishedLists.read(
        ListFormat.DGC_GATEWAY,
        new FileContent(Path.of("gateway.json"), gateway, null),
        now,
        Duration.ofDays(30));
  }
}
