package gongbei.verifier.translate;

import gongbei.codec.translate.Translation;

/**
 * What came of a request to translate.
 *
 * @param translation the new code, or the fault
 * @param version the version of the status map that has the holder's record, or 0
 * @param receipt the number of the receipt in the audit log, or 0 where none was written
 */
public record TranslationResult(Translation translation, long version, long receipt) {}
