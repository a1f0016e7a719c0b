package gongbei.verifier.browser;

import java.nio.charset.Charset;
import java.nio.charset.UnsupportedCharsetException;
import org.teavm.model.AccessLevel;
import org.teavm.model.ClassHolder;
import org.teavm.model.ElementModifier;
import org.teavm.model.MethodDescriptor;
import org.teavm.model.MethodHolder;
import org.teavm.model.emit.ProgramEmitter;
import org.teavm.vm.spi.TeaVMHost;
import org.teavm.vm.spi.TeaVMPlugin;

/**
 * Gives TeaVM's class library {@link Charset#isSupported}, which ZXing calls and which it lacks as
 * of 0.16. Found by TeaVM while it compiles; no server runs this.
 */
public final class CharsetPlugin implements TeaVMPlugin {
  private static final MethodDescriptor IS_SUPPORTED =
      new MethodDescriptor("isSupported", String.class, boolean.class);

  @Override
  public void install(TeaVMHost host) {
    host.add(
        (type, context) -> {
          if (type.getName().equals(Charset.class.getName())
              && type.getMethod(IS_SUPPORTED) == null) {
            addTo(type, new MethodHolder(IS_SUPPORTED));
            ProgramEmitter emitter =
                ProgramEmitter.create(type.getMethod(IS_SUPPORTED), context.getHierarchy());
            emitter
                .invoke(
                    CharsetPlugin.class, "canBeHad", boolean.class, emitter.var(1, String.class))
                .returnValue();
          }
        });
  }

  private static void addTo(ClassHolder type, MethodHolder method) {
    method.getModifiers().add(ElementModifier.STATIC);
    method.setLevel(AccessLevel.PUBLIC);
    type.addMethod(method);
  }

  /** What the added method does: whether a charset is known by a name. */
  public static boolean canBeHad(String name) {
    try {
      return Charset.forName(name) != null;
    } catch (UnsupportedCharsetException e) {
      return false;
    }
  }
}
