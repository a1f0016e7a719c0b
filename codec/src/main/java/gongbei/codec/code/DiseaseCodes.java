package gongbei.codec.code;

/**
 * Knows by which codes of diseases and agents documents mean COVID-19: of SNOMED CT, and of ICD-11
 * the disease RA01 with what is coded under it (RA01.0, RA01.1) and the agent XN109, SARS-CoV-2.
 */
final class DiseaseCodes {
  private static final String SNOMED_COVID_19 = "840539006";
  private static final String SNOMED_SARS_COV_2 = "840533007";
  private static final String ICD_11_COVID_19 = "RA01";
  private static final String ICD_11_SARS_COV_2 = "XN109";

  private DiseaseCodes() {}

  /** Whether the first bytes are such a code; none where the length is negative. */
  static boolean isCovid(byte[] code, int length) {
    return Ascii.isText(code, length, SNOMED_COVID_19)
        || Ascii.isText(code, length, SNOMED_SARS_COV_2)
        || Ascii.isText(code, length, ICD_11_SARS_COV_2)
        || isUnder(code, length);
  }

  private static boolean isUnder(byte[] code, int length) {
    return Ascii.startsWith(code, length, ICD_11_COVID_19)
        && (length == ICD_11_COVID_19.length() || code[ICD_11_COVID_19.length()] == '.');
  }
}
