package gongbei.verifier.qr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.testing.Seeds;
import gongbei.verifier.print.IssuedCodes;
import gongbei.verifier.print.QrImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures as people make them: small, dark, tilted, crowded. */
final class QrReaderTest {
  private static final String CODE = IssuedCodes.of(CodeFormat.GD1);
  private static final String OTHER = IssuedCodes.of(CodeFormat.MO1);
  private static final String ADDRESS = "https://example.org/apps/verify-app/download";

  /** What {@link QrImage} draws: 600 pixels of 53 modules and a quiet zone of 4, edge to edge. */
  private static BufferedImage drawn(String text) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(QrImage.png(text)));
  }

  private static BufferedImage ground(int width, int height, Color colour) {
    final BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    final Graphics2D graphics = picture.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return picture;
  }

  private static void put(BufferedImage on, BufferedImage picture, int x, int y, int size) {
    final Graphics2D graphics = on.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(
        picture.getScaledInstance(size, size, java.awt.Image.SCALE_AREA_AVERAGING), x, y, null);
    graphics.dispose();
  }

  /** Changes the colour of each dark and each light pixel. */
  private static BufferedImage recoloured(BufferedImage picture, int dark, int light) {
    final BufferedImage other =
        new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        other.setRGB(x, y, (picture.getRGB(x, y) & 0xFF) < 128 ? dark : light);
      }
    }
    return other;
  }

  private static List<String> read(BufferedImage picture, String format) throws IOException {
    final ByteArrayOutputStream file = new ByteArrayOutputStream();
    BufferedImage written = picture;
    if (!format.equals("png")) {
      written =
          new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
      written.createGraphics().drawImage(picture, 0, 0, Color.WHITE, null);
    }
    assertTrue(ImageIO.write(written, format, file), format);
    return QrImage.readAll(new ByteArrayInputStream(file.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(ints = {90, 100, 120, 150, 240})
  void modulesOfLessThanTwoPixelsAreRead(int size) throws IOException {
    final BufferedImage picture = ground(size, size, Color.WHITE);
    put(picture, drawn(CODE), 0, 0, size);
    assertEquals(List.of(CODE), read(picture, "png"));
  }

  @Test
  void aCodeWithoutAQuietZoneIsRead() throws IOException {
    final BufferedImage picture = drawn(CODE);
    int edge = 0;
    while ((picture.getRGB(edge, edge) & 0xFF) > 128) {
      edge++;
    }
    final BufferedImage bare =
        picture.getSubimage(
            edge, edge, picture.getWidth() - 2 * edge, picture.getHeight() - 2 * edge);
    assertEquals(List.of(CODE), read(bare, "png"));
    assertEquals(List.of(CODE), read(recoloured(bare, 0xFFFFFFFF, 0xFF000000), "png"));
  }

  @Test
  void lightOnDarkFaintAndTransparentCodesAreRead() throws IOException {
    final BufferedImage picture = drawn(CODE);
    assertEquals(List.of(CODE), read(recoloured(picture, 0xFFFFFFFF, 0xFF000000), "png"));
    assertEquals(List.of(CODE), read(recoloured(picture, 0xFF787878, 0xFF848484), "png"));
    assertEquals(List.of(CODE), read(recoloured(picture, 0xFF000000, 0x00000000), "png"));
    assertEquals(List.of(CODE), read(recoloured(picture, 0xFFFFFFFF, 0x00FFFFFF), "png"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
  void everyKindOfFileIsRead(String format) throws IOException {
    final BufferedImage picture = ground(260, 260, Color.WHITE);
    put(picture, drawn(CODE), 10, 10, 240);
    assertEquals(List.of(CODE), read(picture, format));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 12, 30, 45, 90, 180, 200})
  void aTiltedCodeIsRead(int degrees) throws IOException {
    final BufferedImage picture = ground(700, 700, Color.LIGHT_GRAY);
    final Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    final AffineTransform turned =
        AffineTransform.getRotateInstance(Math.toRadians(degrees), 350, 350);
    turned.translate(200, 200);
    turned.scale(0.5, 0.5);
    graphics.drawImage(drawn(CODE), turned, null);
    graphics.dispose();
    assertEquals(List.of(CODE), read(picture, "png"));
  }

  @Test
  void anotherQrCodeAboveOrBesideTheHealthCodeIsPassedOver() throws IOException {
    final BufferedImage picture = ground(900, 1_000, Color.WHITE);
    put(picture, drawn(ADDRESS), 20, 10, 300);
    put(picture, drawn(ADDRESS + "/2"), 20, 500, 250);
    put(picture, drawn(CODE), 400, 450, 400);
    assertEquals(List.of(CODE), read(picture, "png"));
  }

  @Test
  void severalHealthCodesAreSeveralAnswersAndOneTwiceIsOne() throws IOException {
    final BufferedImage picture = ground(1_000, 1_000, Color.WHITE);
    put(picture, drawn(CODE), 20, 20, 380);
    put(picture, drawn(OTHER), 520, 40, 320);
    put(picture, drawn(ADDRESS), 40, 560, 200);
    put(picture, drawn(CODE), 500, 520, 400);
    final Set<String> expected = new TreeSet<>(List.of(CODE, OTHER));
    final List<String> read = read(picture, "png");
    assertEquals(expected, new TreeSet<>(read));
    assertEquals(2, read.size());
  }

  @Test
  void whereThereIsNoHealthCodeOneOtherSymbolIsTheAnswer() throws IOException {
    assertEquals(List.of(ADDRESS), read(drawn(ADDRESS), "png"));
  }

  @Test
  void aScreenshotOfASmallCodeAmongOtherThingsIsRead() throws IOException {
    final BufferedImage picture = ground(1_080, 2_340, new Color(235, 235, 240));
    final Graphics2D graphics = picture.createGraphics();
    final Random random = Seeds.random(13);
    for (int i = 0; i < 80; i++) {
      graphics.setColor(new Color(random.nextInt(0x1000000)));
      graphics.fillRect(random.nextInt(1_080), random.nextInt(2_340), random.nextInt(90), 30);
      graphics.drawString("Certificate " + i, random.nextInt(1_000), random.nextInt(2_340));
    }
    graphics.dispose();
    put(picture, drawn(CODE), 700, 1_900, 150);
    assertEquals(List.of(CODE), read(picture, "png"));
  }

  /** Noise has many things like finder patterns, and a sheet of them has nothing else. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whateverThePictureTheSearchEnds(boolean isSheet) {
    final int side = 3_000;
    final byte[] grey = new byte[side * side];
    final Random random = Seeds.random(7);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        final int ring = Math.max(Math.abs(x / 2 % 9 - 4), Math.abs(y / 2 % 9 - 4));
        grey[y * side + x] =
            isSheet ? (byte) (ring == 2 || ring > 3 ? 255 : 0) : (byte) random.nextInt(256);
      }
    }
    final int bound = 1_000;
    final long begun = System.nanoTime();
    final List<String> read =
        QrReader.read(
            (y, argb) -> {
              for (int x = 0; x < side; x++) {
                argb[x] = 0xFF000000 | (grey[y * side + x] & 0xFF) * 0x10101;
              }
            },
            side,
            side,
            new SymbolParts(),
            bound);
    final long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    assertEquals(List.of(), read);
    // One step more than the bound; without one the sheet takes minutes.
    assertTrue(took < bound + PictureLimits.PICTURE_MILLIS, took + " ms");
  }
}
