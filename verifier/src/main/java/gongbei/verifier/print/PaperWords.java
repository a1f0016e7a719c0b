package gongbei.verifier.print;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * What is printed on a code on paper in one language: what it is, who issued it, until when it is
 * valid, by the clock of the border (UTC+8). A region's papers have all of its languages.
 *
 * @param title what it is
 * @param issuer who issued it
 * @param until before the moment when it ends
 * @param moment how that moment is written
 */
record PaperWords(String title, String issuer, String until, DateTimeFormatter moment) {
  private static final ZoneId BORDER = ZoneId.of("Asia/Macau");

  private static final List<PaperWords> GUANGDONG =
      List.of(of("广东健康码（粤康码）", "签发方：广东", "有效期至 ", "uuuu年M月d日 HH:mm", Locale.SIMPLIFIED_CHINESE));

  private static final List<PaperWords> MACAU =
      List.of(
          of("澳門健康碼", "簽發方：澳門", "有效期至 ", "uuuu年M月d日 HH:mm", Locale.TRADITIONAL_CHINESE),
          of(
              "Código de saúde de Macau",
              "Emitido por: Macau",
              "Válido até ",
              "d 'de' MMMM 'de' uuuu, HH:mm",
              Locale.forLanguageTag("pt-PT")));

  private static final List<PaperWords> ELSEWHERE =
      List.of(of("Health code", "", "Valid until ", "d MMMM uuuu, HH:mm", Locale.ENGLISH));

  private static PaperWords of(
      String title, String issuer, String until, String moment, Locale language) {
    return new PaperWords(
        title, issuer, until, DateTimeFormatter.ofPattern(moment, language).withZone(BORDER));
  }

  /** The words for a code, by its prefix: those of its region's languages. */
  static List<PaperWords> of(String code) {
    return code.startsWith("GD1:") ? GUANGDONG : code.startsWith("MO1:") ? MACAU : ELSEWHERE;
  }

  /** Says until when a code is valid. */
  String validUntil(long expiresAtEpochSeconds) {
    return until + moment.format(Instant.ofEpochSecond(expiresAtEpochSeconds));
  }
}
