package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import gongbei.verifier.cli.revocation.RevocationInputs;
import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.revocation.RevocationFormat;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on revoked foreign codes against what is in force. */
final class RevocationsPageTest {
  private static List<List<String>> cells(String section, String row) {
    return Pattern.compile(row)
        .matcher(Document.REVOCATIONS.section(section))
        .results()
        .map(found -> List.of(found.group(1), found.group(found.groupCount())))
        .toList();
  }

  @Test
  void theDenylistOfThePageIsOne() throws Exception {
    final MatchResult block =
        Pattern.compile("(?s)```json\n(.*?)```")
            .matcher(Document.REVOCATIONS.text())
            .results()
            .findFirst()
            .orElseThrow();
    assertEquals(
        3, RevocationInputs.hashesOfDenylist(block.group(1).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theFormatsOfThePageAreThoseThatAreRead() {
    assertEquals(
        Arrays.stream(RevocationFormat.values()).map(RevocationFormat::wireName).toList(),
        cells("Import", "(?m)^\\| `([a-z-]+)` \\|").stream().map(each -> each.get(0)).toList());
  }

  @Test
  void theTypesOfThePageAndTheirFieldsAreThoseInForce() {
    assertEquals(
        Arrays.stream(RevocationType.values())
            .map(type -> List.of(type.wireName(), type.field()))
            .toList(),
        cells("What is looked up", "(?m)^\\| `([A-Za-z]+)` \\| .* \\| `([a-z]+)` \\|$"));
  }

  @Test
  void theBoundsOfThePageAreThoseInForce() {
    assertEquals(
        List.of(
            "" + ClientLimits.MAX_REVOCATION_LIST_BYTES,
            "" + RevocationList.maxEntries(false),
            "" + ClientLimits.MAX_REVOCATION_LISTS,
            "" + Limits.MAX_REVOCATION_BATCH,
            "" + Limits.MAX_REVOCATION_FILE_BYTES,
            "" + ClientLimits.MAX_PACK_REVOCATION_BYTES),
        cells("Room", "(?m)^\\| [^|`]+ \\| ([0-9,]+) \\|$").stream()
            .map(each -> each.get(0).replace(",", ""))
            .toList());
    // log2 of 10^7 out of 2^128, by Stirling: n (128 - log2 n + log2 e) bits.
    final double bytes = (128 - Math.log(1e7) / Math.log(2) + 1 / Math.log(2)) / 8;
    assertEquals(13.3, bytes, 0.05);
    assertTrue(Document.REVOCATIONS.section("Room").contains("13.3 a hash"));
  }
}
