package gongbei.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class CodeTest {
  /** A code of the README, as gongbei decode reads it. */
  private static final String CODE =
      "GD1:XWGSLK/E7V50400Z79KZVWFW3J7LJK.6B0XK4JC.Q8DF3-X0L+1DF3QX0/BW100000H:KM9AKKG$UHS8EDCL*"
          + "CNKFBKQ5R25300400600700E696JJ-I1Y/27BI868G5WFJ1IH6WJCL065AMVAUDTTI2309F2AR6-S:-90/L 6E"
          + "9SHTZO7RHHGM%WVDY5XJTR*DK4IM-IG4IY.H+%N*RVB2MEGMO2";

  @Test
  void aCodeIsDecodedAsGongbeiDecodesIt() throws IOException {
    final Code code = Code.decode(CODE);
    assertEquals("GD1:", code.prefix());
    assertEquals("8ffb72ffe33ab9a1", Long.toHexString(code.kid()));
    assertEquals("c582288be47042a846b83259ba2c3328", HexFormat.of().formatHex(code.subject()));
    assertEquals(1_795_549_183L, code.issuedAt());
    assertEquals(1_795_552_783L, code.expiresAt());
    assertEquals(64, code.signature().length);
  }

  @Test
  void whatIsCutShortOrOfAnotherFormatIsRefused() {
    for (final String text :
        new String[] {CODE.substring(0, 100), "GD1:", "GD1:a", "HC1:BB8", "GD1:BB8"}) {
      assertThrows(IOException.class, () -> Code.decode(text), text);
    }
  }
}
