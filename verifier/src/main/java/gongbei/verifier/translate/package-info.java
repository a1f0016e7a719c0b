/**
 * Codes of the other region become codes of this one: rates, memory and receipts around codec's
 * translator, and a visitor's record in the map. It knows codec, the command log and the audit log,
 * no server. Start reading at {@link gongbei.verifier.translate.TranslationService}.
 */
package gongbei.verifier.translate;
