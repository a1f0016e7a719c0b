package gongbei.testing;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** Has jqwik generate what it tries properties with from {@link Seeds}. */
public final class SeededProperties implements AroundPropertyHook {
  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    Draws.add();
    if (context.attributes().seed().isEmpty()) {
      context
          .attributes()
          .setSeed(Long.toString(Seeds.of(context.containerClass().getName() + context.label())));
    }
    return property.execute();
  }
}
