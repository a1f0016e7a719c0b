/**
 * Translates codes of one region into codes of the other, by a table that is data; no translation
 * says more than its source. Writes nothing anywhere. Start with {@link
 * gongbei.codec.translate.CodeTranslator}.
 */
package gongbei.codec.translate;
