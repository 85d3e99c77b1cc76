using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Adjoint.Transforms;

namespace Adjoint.Front;

/// <content>Batches.</content>
public static partial class Differential
{
    /// <summary>A function of one element as a function of a batch of them.</summary>
    /// <param name="f">The function of one element.</param>
    /// <param name="inAxis">The batch axis of the argument; negative counts from the end.</param>
    /// <param name="outAxis">The batch axis of the result.</param>
    public static Func<Expr, Expr> Vmap(Func<Expr, Expr> f, int inAxis = 0, int outAxis = 0) =>
        x => VmapAt(Leaves.Of(f), [x], [inAxis], [outAxis])[0];

    /// <summary>A function of elements as a function of batches of them.</summary>
    /// <param name="f">The function of elements.</param>
    /// <param name="inAxes">The batch axis of each argument, null for one that is the same for all; all 0 unless given.</param>
    /// <param name="outAxes">The batch axis of each result, null for one that must be the same for all; all 0 unless given.</param>
    /// <param name="size">The number of lanes, wanted only where no argument has a batch axis.</param>
    public static Func<Expr[], Expr[]> Vmap(
        Func<Expr[], Expr[]> f, IReadOnlyList<int?>? inAxes = null, IReadOnlyList<int?>? outAxes = null, int? size = null) =>
        x => VmapAt(f, x, inAxes, outAxes, size);

    /// <summary>The gradient of a scalar function of each argument's element, for all elements of a batch at once.</summary>
    /// <param name="f">(parameters, one example) → loss.</param>
    /// <param name="parameters">How many leading arguments are parameters, the same for all examples; their gradients are wanted.</param>
    public static Func<Expr[], Expr[]> PerExampleGrad(Func<Expr[], Expr> f, int parameters) => x =>
    {
        int?[] axes = [.. x.Select((_, i) => i < parameters ? (int?)null : 0)];
        var asked = new ParameterMask(x.Select((_, i) => i < parameters));
        return VmapAt(leaves => GradAt(Leaves.Of(f), leaves, null, asked).Gradients[..parameters], x, axes);
    };

    /// <summary>A function of elements, applied to batches.</summary>
    /// <exception cref="ShapeException">The batch extents differ, or an axis is not there.</exception>
    public static Expr[] VmapAt(
        Func<Expr[], Expr[]> f,
        Expr[] x,
        IReadOnlyList<int?>? inAxes = null,
        IReadOnlyList<int?>? outAxes = null,
        int? size = null,
        IReadOnlyList<string>? paths = null)
    {
        inAxes ??= [.. x.Select(_ => (int?)0)];
        int?[] axes = BatchAxes(x, inAxes, paths);
        int lanes = LaneCount(x, axes, size, paths);
        ValueType[] types = [.. x.Select((leaf, i) =>
            axes[i] is { } axis ? leaf.Type with { Shape = leaf.Shape.Remove(axis) } : leaf.Handle.Type)];
        Traced traced = Traced.Of("vmap", types, f, paths, Math.Max(lanes, 1));
        Graph graph = traced.Close();
        int count = traced.Results.Length;
        outAxes ??= [.. Enumerable.Repeat((int?)0, count)];
        CheckCount("vmap", "result axes", outAxes.Count, count);
        BatchedBody body = Batching.Apply(
            graph,
            Leaves.Active(new(axes.Select(axis => axis is not null)), graph),
            new(outAxes.Select(axis => axis is not null)),
            lanes);
        Expr[] operands = [.. x, .. traced.Captured];
        Expr[] front = [.. x.Select((leaf, i) => axes[i] is { } axis ? Building.Make(leaf, value => Ops.MoveAxis(value, axis, 0)) : leaf)];
        Expr[] results = Building.Inline(body.Graph, [.. front, .. traced.Captured]);
        Expr[] placed = [.. results.Select((result, i) => Placed(result, body.Batched[i], outAxes[i], i))];
        Observer.RunAtTop(placed, operands);
        return placed;
    }

    private static int?[] BatchAxes(Expr[] x, IReadOnlyList<int?> inAxes, IReadOnlyList<string>? paths)
    {
        CheckCount("vmap", "argument axes", inAxes.Count, x.Length);
        return [.. inAxes.Select((axis, i) => axis is { } at ? Axis.Of("vmap", at, x[i].Rank, LeafPath.Of(paths, i)) : (int?)null)];
    }

    private static int LaneCount(Expr[] x, int?[] axes, int? size, IReadOnlyList<string>? paths)
    {
        int? lanes = size;
        for (int i = 0; i < x.Length; i++)
        {
            if (axes[i] is not { } axis)
            {
                continue;
            }

            int extent = x[i].Shape[axis].Value;
            if (lanes is { } known && known != extent)
            {
                throw new ShapeException(
                    $"vmap: batch extents differ; axis {axis} of {LeafPath.Of(paths, i)}, {x[i].Type}, has {extent}, not {known}. "
                        + "Give null for an argument that isn't batched?").Here();
            }

            lanes = extent;
        }

        return lanes ?? throw new ShapeException(
            "vmap: no argument has a batch axis, so the number of lanes isn't known. Give the size.").Here();
    }

    private static Expr Placed(Expr result, bool batched, int? axis, int index) => (batched, axis) switch
    {
        (true, { } at) => Building.Make(result, value => Ops.MoveAxis(value, 0, Axis.Of("vmap", at, value.Tensor.Rank, $"result {index}"))),
        (true, null) => throw new ShapeException($"vmap: result {index} differs from lane to lane, but its axis is null. "
            + "Give it an axis.").Here(),
        _ => result,
    };

    private static void CheckCount(string operation, string what, int count, int expected)
    {
        if (count != expected)
        {
            throw new StructureException($"{operation}: {count} {what} for {expected} leaves; one for each is wanted.").Here();
        }
    }
}
