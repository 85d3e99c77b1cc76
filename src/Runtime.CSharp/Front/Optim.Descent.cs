using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>
/// Optimizers and what is combined with them. Each is a value; see <see cref="Optimizer"/> for how it is used. Rates are constants here:
/// <see cref="Scheduled"/> and <see cref="Scaled"/> multiply them by what is known at each step.
/// </summary>
public static partial class Optim
{
    private static readonly string[] None = [];

    /// <summary>Gradient descent: p − rate g.</summary>
    public static Optimizer Sgd(double rate) => Optimizer.OfLeaf(None, (g, _, _, _) => (-rate * g, []));

    /// <summary>Gradient descent with momentum: v ← decay v + g; p − rate v (Polyak 1964; Sutskever et al. 2013).</summary>
    /// <param name="rate">The rate.</param>
    /// <param name="decay">What is kept of the velocity.</param>
    /// <param name="nesterov">Look ahead: p − rate (g + decay v).</param>
    public static Optimizer Momentum(double rate, double decay = 0.9, bool nesterov = false) =>
        Optimizer.OfLeaf(["velocity"], (g, _, memory, _) =>
        {
            Expr velocity = (decay * memory[0]) + g;
            return (-rate * (nesterov ? g + (decay * velocity) : velocity), [velocity]);
        });

    /// <summary>The sign of a mean of gradients (Chen et al. 2023, Lion): −rate (sign(β₁ m + (1 − β₁) g) + weightDecay p).</summary>
    public static Optimizer Lion(double rate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0.0) =>
        Adaptive("lion", [new("mean", 0.0)], (g, p, memory, _) =>
        {
            Expr direction = Blend(beta1, memory[0], g).Sign();
            return (-rate * (direction + (weightDecay * p)), [Blend(beta2, memory[0], g)]);
        });

    /// <summary>A rule for real parameters alone: it takes signs, roots or the larger of gradients.</summary>
    private static Optimizer Adaptive(
        string name, IReadOnlyList<OptimizerMemory> memory, Func<Expr, Expr, Expr[], Expr, (Expr Update, Expr[] Memory)> rule) =>
        Optimizer.OfLeaf(memory, (g, p, held, step) => g.DType.IsComplex()
            ? throw new DTypeException($"{name}: a parameter is {p.Type}; real ones are wanted. "
                + "Keep real and imaginary parts as two, or use Sgd or Momentum.").Here()
            : rule(g, p, held, step));

    /// <summary>kept × old + (1 − kept) × new.</summary>
    private static Expr Blend(double kept, Expr old, Expr fresh) => (kept * old) + ((1.0 - kept) * fresh);
}
