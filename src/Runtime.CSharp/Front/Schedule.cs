using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>
/// Courses of a rate: functions from the number of updates so far, one i64, to a factor, one f64, for <see cref="Optim.Scheduled"/>.
/// They start at 1 unless said otherwise, so that the optimizer's own rate is the largest one.
/// </summary>
public static class Schedule
{
    /// <summary>Always the same.</summary>
    public static Func<Expr, Expr> Constant(double factor = 1.0) => _ => Number(factor);

    /// <summary>From one factor straight to another within so many steps, and on there.</summary>
    public static Func<Expr, Expr> Linear(double from, double to, int steps) => Polynomial(from, to, 1.0, steps);

    /// <summary>to + (from − to) (1 − t / steps)ᵖ within so many steps, and on at the end.</summary>
    public static Func<Expr, Expr> Polynomial(double from, double to, double power, int steps)
    {
        CheckSteps("polynomial", steps);
        return step => to + ((from - to) * (1.0 - Fraction(step, steps)).Pow(power));
    }

    /// <summary>factor^(t / steps): multiplied by the factor within each so many steps, smoothly or by jumps.</summary>
    public static Func<Expr, Expr> Exponential(double factor, int steps, bool jumps = false)
    {
        CheckSteps("exponential", steps);
        return step => ((jumps ? Real(step / steps) : Real(step) / steps) * Math.Log(factor)).Exp();
    }

    /// <summary>Multiplied by a factor at each of these steps.</summary>
    public static Func<Expr, Expr> Piecewise(params (int Step, double Factor)[] jumps) => step =>
        jumps.Aggregate(Number(1.0), (product, jump) => product * step.GreaterOrEqual(jump.Step).Where(Number(jump.Factor), 1.0));

    /// <summary>Half a cosine from 1 down to a last factor within so many steps (Loshchilov and Hutter 2017), and on there.</summary>
    public static Func<Expr, Expr> Cosine(int steps, double last = 0.0)
    {
        CheckSteps("cosine", steps);
        return step => last + ((1.0 - last) * 0.5 * (1.0 + (Math.PI * Fraction(step, steps)).Cos()));
    }

    /// <summary>From 0 straight to 1 within so many steps, and then another schedule from its beginning.</summary>
    public static Func<Expr, Expr> Warmup(int steps, Func<Expr, Expr> then)
    {
        CheckSteps("warmup", steps);
        return step => step.Less(steps).Where(Real(step) / steps, then(Tensors.Maximum(step - steps, 0)));
    }

    /// <summary>Warm-up and then half a cosine; so many steps in all.</summary>
    public static Func<Expr, Expr> WarmupCosine(int warmup, int steps, double last = 0.0) => Warmup(warmup, Cosine(steps - warmup, last));

    /// <summary>
    /// One cycle by halves of cosines: from 1 / start up to 1 within a share of the steps, then down to 1 / (start end)
    /// (Smith and Topin 2018, with PyTorch's defaults).
    /// </summary>
    public static Func<Expr, Expr> OneCycle(int steps, double share = 0.3, double start = 25.0, double end = 1e4)
    {
        CheckSteps("one_cycle", steps);
        double top = (share * steps) - 1.0;
        double low = 1.0 / start;
        return step =>
        {
            Expr Between(double from, double to, Expr fraction) => to + ((from - to) * 0.5 * (1.0 + (Math.PI * fraction).Cos()));
            Expr up = Between(low, 1.0, (Real(step) / Math.Max(top, 1e-9)).Minimum(1.0));
            Expr down = Between(1.0, low / end, ((Real(step) - top) / Math.Max(steps - 1.0 - top, 1e-9)).Clip(0.0, 1.0));
            return Real(step).LessOrEqual(top).Where(up, down);
        };
    }

    /// <summary>From 0 straight to 1 within so many steps, then down as √(warmup / t) (Vaswani et al. 2017).</summary>
    public static Func<Expr, Expr> InverseSqrt(int warmup)
    {
        CheckSteps("inverse_sqrt", warmup);
        return step => (Real(step) / warmup).Minimum((warmup / Real(step).Maximum(1.0)).Sqrt());
    }

    private static Expr Number(double number) => Tensors.Full(DType.F64, Shape.Scalar, number);

    private static Expr Real(Expr step) => step.Cast(DType.F64);

    private static Expr Fraction(Expr step, int steps) => (Real(step) / steps).Minimum(1.0);

    private static void CheckSteps(string schedule, int steps)
    {
        if (steps < 1)
        {
            throw new DomainException($"{schedule}: {steps} steps are none.");
        }
    }
}
