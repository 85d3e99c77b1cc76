using Adjoint.Core;

namespace Adjoint.Front;

/// <content>What changes gradients or updates, and optimizers of optimizers.</content>
public static partial class Optim
{
    /// <summary>One after the other: the updates of each are the gradients of the next.</summary>
    public static Optimizer Chain(params Optimizer[] parts)
    {
        List<OptimizerMemory> slots = [];
        foreach (OptimizerMemory slot in parts.SelectMany(part => part.Slots))
        {
            int before = slots.Count(other => other.Name.TrimEnd("0123456789".ToCharArray()) == slot.Name);
            slots.Add(before == 0 ? slot : slot with { Name = $"{slot.Name}{before + 1}" });
        }

        return new(slots, (moment, gradients, memory) =>
        {
            var next = new List<Expr[]>();
            foreach (Optimizer part in parts)
            {
                (gradients, Expr[][] kept) = part.Apply(moment, gradients, memory[next.Count..(next.Count + part.Slots.Count)]);
                next.AddRange(kept);
            }

            return (gradients, [.. next]);
        });
    }

    /// <summary>Updates times a number.</summary>
    public static Optimizer Scale(double factor) => Optimizer.OfLeaf(None, (g, _, _, _) => (factor * g, []));

    /// <summary>An optimizer whose updates are multiplied by one real number, which may be traced: a rate that is an argument.</summary>
    public static Optimizer Scaled(this Optimizer optimizer, Expr factor) => optimizer.Scheduled(_ => factor);

    /// <summary>An optimizer whose updates are multiplied by a schedule, a function of the number of updates so far, one i64.</summary>
    public static Optimizer Scheduled(this Optimizer optimizer, Func<Expr, Expr> schedule) =>
        Chain(optimizer, Optimizer.OfLeaf(None, (g, _, _, step) => (g * RealOf(schedule(step)).Cast(g.DType), [])));

    /// <summary>Adds a share of the parameters to their gradients: the gradient of rate |p|² / 2.</summary>
    public static Optimizer WeightDecay(double rate) => Optimizer.OfLeaf(None, (g, p, _, _) => (g + (rate * p), []));

    /// <summary>Gradients moved into −limit … limit, number by number.</summary>
    public static Optimizer ClipByValue(double limit)
    {
        CheckPositive("clip_by_value", limit);
        return Adaptive("clip_by_value", [], (g, _, _, _) => (g.Clip(-limit, limit), []));
    }

    /// <summary>Each gradient of a larger norm than the limit is scaled down to it.</summary>
    public static Optimizer ClipByNorm(double limit)
    {
        CheckPositive("clip_by_norm", limit);
        return Optimizer.OfLeaf(None, (g, _, _, _) => (g * Shrinking(SquareSum(g), limit).Cast(g.DType), []));
    }

    /// <summary>If the norm of all gradients together is larger than the limit, all are scaled down by one factor.</summary>
    public static Optimizer ClipByGlobalNorm(double limit)
    {
        CheckPositive("clip_by_global_norm", limit);
        return new([], (_, gradients, _) =>
        {
            if (gradients.Length == 0)
            {
                return (gradients, []);
            }

            Expr factor = Shrinking(gradients.Select(SquareSum).Aggregate((sum, square) => sum + square), limit);
            return ([.. gradients.Select(g => (Optimizer.Wide(g) * factor.Cast(Optimizer.Wide(g).DType)).Cast(g.DType))], []);
        });
    }

    /// <summary>The norm of all gradients together, one f64.</summary>
    public static Expr GlobalNorm(params Expr[] gradients) => gradients.Where(g => g.Type.HasTangent)
        .Select(SquareSum)
        .Aggregate(Tensors.Zeros(DType.F64), (sum, square) => sum + square)
        .Sqrt();

    /// <summary>An optimizer for some parameters, by path; the gradients of the others pass as they are.</summary>
    /// <remarks>In a chain: <c>Only(WeightDecay(1e-4), path => path.EndsWith("Weight"))</c>.</remarks>
    public static Optimizer Only(this Optimizer optimizer, Func<string, bool> chosen) =>
        Masked("only", optimizer, chosen, gradient => gradient);

    /// <summary>An optimizer that leaves some parameters, by path, as they are.</summary>
    public static Optimizer Freeze(this Optimizer optimizer, Func<string, bool> frozen) =>
        Masked("freeze", optimizer, path => !frozen(path), Tensors.ZerosLike);

    /// <summary>An optimizer that is asked once in so many steps, with the mean of their gradients; updates in between are zero.</summary>
    public static Optimizer Every(this Optimizer optimizer, int steps)
    {
        CheckPositive("every", steps);
        OptimizerMemory[] slots = [.. Chain(optimizer, Optimizer.OfLeaf(["sum"], (g, _, memory, _) => (g, memory))).Slots];
        return new(slots, (moment, gradients, memory) =>
        {
            Expr[] sums = [.. memory[^1].Zip(gradients, (sum, g) => sum + g)];
            Expr now = moment.Step.Remainder(steps).Equal(steps - 1);
            Expr[] means = [.. sums.Select(sum => sum / steps)];
            (Expr[] updates, Expr[][] kept) = optimizer.Apply(moment with { Step = moment.Step / steps }, means, memory[..^1]);
            Expr[] Chosen(Expr[] fresh, Expr[] old) => [.. fresh.Zip(old, now.Where)];
            Expr[][] next = [.. kept.Zip(memory, Chosen), [.. sums.Select(sum => now.Where(sum.ZerosLike(), sum))]];
            return (Chosen(updates, [.. updates.Select(Tensors.ZerosLike)]), next);
        });
    }

    /// <summary>An optimizer that does nothing in a step where a gradient is infinite or NaN.</summary>
    public static Optimizer SkipNonFinite(this Optimizer optimizer) => new(optimizer.Slots, (moment, gradients, memory) =>
    {
        (Expr[] updates, Expr[][] kept) = optimizer.Apply(moment, gradients, memory);
        Expr finite = gradients.Select(g => g.IsFinite().All()).Aggregate(Tensors.Ones(DType.Bool), (all, g) => all.And(g));
        Expr[] Chosen(Expr[] fresh, Expr[] old) => [.. fresh.Zip(old, finite.Where)];
        return (Chosen(updates, [.. updates.Select(Tensors.ZerosLike)]), [.. kept.Zip(memory, Chosen)]);
    });

    private static Optimizer Masked(string operation, Optimizer optimizer, Func<string, bool> chosen, Func<Expr, Expr> others) =>
        new(optimizer.Slots, (moment, gradients, memory) =>
        {
            int[] places = [.. Enumerable.Range(0, gradients.Length).Where(i => chosen(moment.Paths[i]))];
            if (places.Length == 0 || (operation == "freeze" && places.Length == gradients.Length))
            {
                throw new StructureException(
                    $"{operation}: {(places.Length == 0 ? "every" : "no")} parameter is left out; there are {string.Join(", ", moment.Paths)}.").Here();
            }

            Expr[] Some(Expr[] leaves) => [.. places.Select(i => leaves[i])];
            Expr[] Merged(Expr[] all, Expr[] some) =>
                [.. all.Select((leaf, i) => Array.IndexOf(places, i) is >= 0 and var at ? some[at] : leaf)];
            var part = new OptimizerMoment(moment.Step, Some(moment.Parameters), [.. places.Select(i => moment.Paths[i])]);
            (Expr[] updates, Expr[][] kept) = optimizer.Apply(part, Some(gradients), [.. memory.Select(Some)]);
            return (Merged([.. gradients.Select(others)], updates), [.. memory.Zip(kept, Merged)]);
        });

    /// <summary>The sum of squared absolute values, one f64.</summary>
    private static Expr SquareSum(Expr x)
    {
        Expr wide = Optimizer.Wide(x);
        Expr size = wide.DType.IsComplex() ? wide.Abs() : wide;
        return size.Square().Sum().Cast(DType.F64);
    }

    /// <summary>limit / max(norm, limit), which has a derivative at zero.</summary>
    private static Expr Shrinking(Expr square, double limit) => limit / square.Maximum(limit * limit).Sqrt();

    private static Expr RealOf(Expr factor) => factor.Rank == 0 && (factor.DType.IsFloating() || factor.DType.IsInteger())
        ? factor
        : throw new ShapeException($"scheduled: the factor is {factor.Type}; one real number is wanted.").Here();

    private static void CheckPositive(string operation, double number)
    {
        if (!(number > 0))
        {
            throw new DomainException($"{operation}: {number} is not above 0.");
        }
    }
}
