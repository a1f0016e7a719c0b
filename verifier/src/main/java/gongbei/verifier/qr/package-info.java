/**
 * Finds and reads QR and Aztec symbols in pictures with ZXing's decoders, on pixels alone, so that
 * TeaVM can translate it for the pages too. Knows codec's text rules and no AWT. Start with {@link
 * gongbei.verifier.qr.QrReader}.
 */
package gongbei.verifier.qr;
