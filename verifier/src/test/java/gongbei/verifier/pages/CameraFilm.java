package gongbei.verifier.pages;

import gongbei.testing.Seeds;
import gongbei.verifier.print.QrImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;

/** What a camera sees of a code on a screen: a little turned, a little grey, a little noise. */
final class CameraFilm {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final int CODE = 400;
  private static final int FRAMES = 5;
  private static final double TURNED_RADIANS = Math.toRadians(4);
  private static final int NOISE = 12;
  private static final byte NO_COLOUR = (byte) 128;

  private CameraFilm() {}

  /** A film of nothing, in a file of its own. */
  static Path empty(Path directory) throws IOException {
    final Path file = Files.createTempFile(directory, "camera", ".y4m");
    write(file, null);
    return file;
  }

  /** Writes a film of a code, or of nothing for null, over what the file held. */
  static void write(Path file, String code) throws IOException {
    final byte[] luminances = new byte[WIDTH * HEIGHT];
    final BufferedImage frame = frame(code);
    final byte[] colours = new byte[WIDTH * HEIGHT / 4];
    Arrays.fill(colours, NO_COLOUR);
    final ByteArrayOutputStream film = new ByteArrayOutputStream();
    film.write(ascii("YUV4MPEG2 W" + WIDTH + " H" + HEIGHT + " F10:1 Ip A1:1 C420jpeg\n"));
    final Random random = Seeds.random(1);
    for (int i = 0; i < FRAMES; i++) {
      for (int at = 0; at < luminances.length; at++) {
        final int grey = frame.getRaster().getSample(at % WIDTH, at / WIDTH, 0);
        luminances[at] =
            (byte) Math.max(0, Math.min(255, grey + random.nextInt(2 * NOISE) - NOISE));
      }
      film.write(ascii("FRAME\n"));
      film.write(luminances);
      film.write(colours);
      film.write(colours);
    }
    Files.write(file, film.toByteArray());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static BufferedImage frame(String code) throws IOException {
    final BufferedImage frame = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    final Graphics2D graphics = frame.createGraphics();
    graphics.setColor(new Color(70, 70, 70));
    graphics.fillRect(0, 0, WIDTH, HEIGHT);
    if (code != null) {
      final BufferedImage picture = ImageIO.read(new ByteArrayInputStream(QrImage.png(code)));
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.rotate(TURNED_RADIANS, WIDTH / 2.0, HEIGHT / 2.0);
      graphics.drawImage(
          picture, (WIDTH - CODE) / 2, (HEIGHT - CODE) / 2, CODE, CODE, Color.LIGHT_GRAY, null);
    }
    graphics.dispose();
    return frame;
  }
}
