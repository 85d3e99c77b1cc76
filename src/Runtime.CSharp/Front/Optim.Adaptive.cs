using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Optimizers with a rate for each parameter, by a running measure of its gradient.</content>
public static partial class Optim
{
    /// <summary>g over the root of a running mean of g² (Tieleman and Hinton 2012).</summary>
    /// <param name="rate">The rate.</param>
    /// <param name="decay">What is kept of the means.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="momentum">What is kept of the velocity, if there is to be one.</param>
    /// <param name="centered">Divide by the root of a variance: the square of the mean gradient is taken off (Graves 2013).</param>
    public static Optimizer RmsProp(
        double rate = 1e-3, double decay = 0.9, double epsilon = 1e-8, double momentum = 0.0, bool centered = false)
    {
        List<OptimizerMemory> slots = [new("square", 0.0)];
        slots.AddRange(centered ? [new("mean", 0.0)] : []);
        slots.AddRange(momentum != 0 ? [new("velocity", 0.0)] : []);
        return Adaptive("rms_prop", slots, (g, _, memory, _) =>
        {
            List<Expr> next = [Blend(decay, memory[0], g.Square())];
            Expr measure = next[0];
            if (centered)
            {
                next.Add(Blend(decay, memory[1], g));
                measure = (measure - next[1].Square()).Maximum(0);
            }

            Expr change = g / (measure.Sqrt() + epsilon);
            if (momentum != 0)
            {
                change += momentum * memory[^1];
                next.Add(change);
            }

            return (-rate * change, [.. next]);
        });
    }

    /// <summary>g over the root of the sum of all g² so far, which starts at <paramref name="start"/> (Duchi, Hazan and Singer 2011).</summary>
    public static Optimizer AdaGrad(double rate = 1e-2, double start = 0.1, double epsilon = 1e-7) =>
        Adaptive("ada_grad", [new("sum", start)], (g, _, memory, _) =>
        {
            Expr sum = memory[0] + g.Square();
            return (-rate * g / (sum.Sqrt() + epsilon), [sum]);
        });

    /// <summary>g times the root of a running mean of squared changes over that of g² (Zeiler 2012).</summary>
    public static Optimizer AdaDelta(double rate = 1.0, double decay = 0.95, double epsilon = 1e-6) =>
        Adaptive("ada_delta", [new("square", 0.0), new("change", 0.0)], (g, _, memory, _) =>
        {
            Expr square = Blend(decay, memory[0], g.Square());
            Expr change = g * (memory[1] + epsilon).Sqrt() / (square + epsilon).Sqrt();
            return (-rate * change, [square, Blend(decay, memory[1], change.Square())]);
        });

    /// <summary>m̂ / (√v̂ + ε) of running means m of g and v of g², each divided by 1 − βᵗ (Kingma and Ba 2015).</summary>
    public static Optimizer Adam(double rate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Moments("adam", beta1, beta2, (m, v, _, _, step) =>
            -rate * Corrected(m, beta1, step) / (Corrected(v, beta2, step).Sqrt() + epsilon));

    /// <summary>Adam, with a share of the parameter taken off beside it (Loshchilov and Hutter 2019): p − rate (m̂ / (√v̂ + ε) + weightDecay p).</summary>
    /// <remarks>
    /// For some parameters only: Adam of rate −1 gives the direction itself, so
    /// <c>Chain(Adam(-1), WeightDecay(0.01).Only(path => path.EndsWith("Weight")), Scale(-rate))</c>.
    /// </remarks>
    public static Optimizer AdamW(
        double rate = 1e-3, double weightDecay = 1e-2, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Moments("adam_w", beta1, beta2, (m, v, _, p, step) =>
            -rate * ((Corrected(m, beta1, step) / (Corrected(v, beta2, step).Sqrt() + epsilon)) + (weightDecay * p)));

    /// <summary>Adam that looks one step ahead: m̂ is β₁ m / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ) (Dozat 2016).</summary>
    public static Optimizer NAdam(double rate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Moments("n_adam", beta1, beta2, (m, v, g, _, step) =>
        {
            Expr ahead = Blend(beta1, Corrected(m, beta1, step + 1), Corrected(g, beta1, step));
            return -rate * ahead / (Corrected(v, beta2, step).Sqrt() + epsilon);
        });

    /// <summary>Adam that divides by the largest v so far (Reddi, Kale and Kumar 2018), corrected by 1 − β₂ᵗ as PyTorch does.</summary>
    public static Optimizer AmsGrad(double rate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Adaptive("ams_grad", [new("mean", 0.0), new("square", 0.0), new("largest", 0.0)], (g, _, memory, step) =>
        {
            Expr mean = Blend(beta1, memory[0], g);
            Expr square = Blend(beta2, memory[1], g.Square());
            Expr largest = memory[2].Maximum(square);
            Expr update = -rate * Corrected(mean, beta1, step) / (Corrected(largest, beta2, step).Sqrt() + epsilon);
            return (update, [mean, square, largest]);
        });

    /// <summary>m̂ / (u + ε) of the running maximum u ← max(β₂ u, |g|) (Kingma and Ba 2015, section 7.1).</summary>
    public static Optimizer AdaMax(double rate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Adaptive("ada_max", [new("mean", 0.0), new("largest", 0.0)], (g, _, memory, step) =>
        {
            Expr mean = Blend(beta1, memory[0], g);
            Expr largest = (beta2 * memory[1]).Maximum(g.Abs());
            return (-rate * Corrected(mean, beta1, step) / (largest + epsilon), [mean, largest]);
        });

    /// <summary>Adam whose measure counts as far as it rests on enough gradients; before, m̂ alone (Liu et al. 2020).</summary>
    public static Optimizer RAdam(double rate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Moments("r_adam", beta1, beta2, (m, v, _, _, step) =>
        {
            double most = (2.0 / (1.0 - beta2)) - 1.0;
            Expr t = (step + 1).Cast(DType.F64);
            Expr missing = Missing(beta2, step);
            Expr length = most - (2.0 * t * (1.0 - missing) / missing);
            Expr share = (length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length);
            Expr rectified = length.Greater(5.0).Where(share, 1.0).Sqrt().Cast(m.DType);
            Expr divisor = length.Greater(5.0).Where(Corrected(v, beta2, step).Sqrt() + epsilon, 1.0);
            return -rate * rectified * Corrected(m, beta1, step) / divisor;
        });

    /// <summary>A rule of the running means of gradients and of their squares: (m, v, gradient, parameter, step) → update.</summary>
    private static Optimizer Moments(string name, double beta1, double beta2, Func<Expr, Expr, Expr, Expr, Expr, Expr> rule) =>
        Adaptive(name, [new("mean", 0.0), new("square", 0.0)], (g, p, memory, step) =>
        {
            Expr mean = Blend(beta1, memory[0], g);
            Expr square = Blend(beta2, memory[1], g.Square());
            return (rule(mean, square, g, p, step), [mean, square]);
        });

    /// <summary>A running mean that started at zero, divided by the share 1 − βᵗ that it has seen.</summary>
    private static Expr Corrected(Expr mean, double beta, Expr step) => mean / Missing(beta, step).Cast(mean.DType);

    /// <summary>1 − βᵗ in f64, where t counts from 1.</summary>
    private static Expr Missing(double beta, Expr step) => -((step + 1).Cast(DType.F64) * Math.Log(beta)).Expm1();
}
