/**
 * Draws codes as PNG and as PDF pages, and reads picture files: the one place of AWT, ImageIO and
 * PDFBox. Knows {@code gongbei.verifier.qr}; no scan goes through here. Start with {@link
 * gongbei.verifier.print.QrImage} and {@link gongbei.verifier.print.PaperPages}.
 */
package gongbei.verifier.print;
