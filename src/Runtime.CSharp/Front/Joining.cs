using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>A function that joins two numbers of each of several tensors, traced once, and applied to whole lines at a time.</summary>
internal sealed class Joining
{
    private readonly string operation;
    private readonly Graph combine;
    private readonly ImmutableArray<Expr> captured;

    private Joining(string operation, Graph combine, ImmutableArray<Expr> captured)
    {
        this.operation = operation;
        this.combine = combine;
        this.captured = captured;
    }

    /// <summary>Traces the function and checks tensors, starts and results.</summary>
    internal static Joining Of(
        string operation, IReadOnlyList<Expr> x, IReadOnlyList<Expr> start, Func<Expr[], Expr[], Expr[]> combine)
    {
        int count = x.Count;
        TensorType[] numbers = [.. x.Select(part => TensorType.Of(part.DType))];
        if (count == 0 || x.Any(part => !part.Shape.Equals(x[0].Shape)))
        {
            throw new ShapeException($"{operation}: takes one tensor or more, of one shape, not [{Types(x)}].").Here();
        }

        if (!start.Select(part => part.Type).SequenceEqual(numbers))
        {
            throw new ShapeException(
                $"{operation}: each tensor of [{Types(x)}] has a start, one number of its dtype; they are [{Types(start)}].").Here();
        }

        (Graph graph, ImmutableArray<Expr> captured) = GraphBuilder.BuildOpen(
            [.. numbers, .. numbers], leaves => combine(leaves[..count], leaves[count..]));
        return graph.ResultTypes.SequenceEqual(numbers)
            ? new(operation, graph, captured)
            : throw new ShapeException(
                $"{operation}: the function gives [{string.Join(", ", graph.ResultTypes)}]; of two numbers of each of [{Types(x)}] "
                + "it must make one of each.").Here();
    }

    /// <summary>Joins the rows of matrices [n, m], neighbours first, then the start from the left: [m] of each.</summary>
    internal Expr[] Rows(Expr[] parts, IReadOnlyList<Expr> start)
    {
        int columns = parts[0].Shape[1].Value;
        while (parts[0].Shape[0].Value > 1)
        {
            int rows = parts[0].Shape[0].Value;
            int even = rows - (rows % 2);
            Expr[] joined = Pairs([.. parts.Select(part => Every(part, 0, even))], [.. parts.Select(part => Every(part, 1, even))]);
            parts = even == rows
                ? joined
                : [.. joined.Zip(parts, (pair, part) => Tensors.Concat([pair, Building.Make(part, x => Ops.SliceAxis(x, 0, even, rows))]))];
        }

        Expr[] starts = [.. start.Select(number => number.BroadcastTo(1, columns))];
        Expr[] all = parts[0].Shape[0].Value == 0 ? starts : Pairs(starts, parts);
        return [.. all.Select(row => row.Reshape(columns))];
    }

    private static string Types(IEnumerable<Expr> parts) => string.Join(", ", parts.Select(part => part.Type));

    private static Expr Every(Expr x, int first, int limit) => Building.Make(x, value => Ops.Slice(
        value, new Ints(first, 0), new Ints(limit, x.Shape[1].Value), new Ints(2, 1)));

    private Expr[] Pairs(Expr[] left, Expr[] right)
    {
        Shape shape = left[0].Shape;
        if (shape.Size == 0)
        {
            return left;
        }

        Expr[] joined = Differential.VmapAt(
            leaves => GraphBuilder.Inline(combine, [.. leaves, .. captured]),
            [.. left.Concat(right).Select(part => part.Flatten())],
            paths: [.. Enumerable.Range(0, 2 * left.Length).Select(i => $"{operation} operand {i}")]);
        return [.. joined.Select(part => part.Reshape(shape))];
    }
}
