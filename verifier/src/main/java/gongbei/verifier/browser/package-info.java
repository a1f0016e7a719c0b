/**
 * The reader and the drawing of QR codes as JavaScript for the pages, compiled by TeaVM while
 * Gongbei is built; no server runs it. It knows {@code qr} and ZXing. Start reading at {@link
 * gongbei.verifier.browser.QrCodes}.
 */
package gongbei.verifier.browser;
