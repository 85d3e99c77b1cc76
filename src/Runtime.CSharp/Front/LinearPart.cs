using Adjoint.Ir;
using Adjoint.Transforms;

namespace Adjoint.Front;

/// <summary>A function split at a point: its values, the residuals that its linear part reads, and that part.</summary>
internal sealed class LinearPart
{
    private readonly string operation;
    private readonly IReadOnlyList<string>? paths;
    private readonly Expr[] x;
    private readonly ParameterMask active;
    private readonly LinearizedBody body;
    private readonly Expr[] read;
    private readonly Lazy<TransposedBody> transposed;

    private LinearPart(
        string operation, IReadOnlyList<string>? paths, Expr[] x, ParameterMask active, LinearizedBody body, Expr[] values, Expr[] read)
    {
        this.operation = operation;
        this.paths = paths;
        this.x = x;
        this.active = active;
        this.body = body;
        this.read = read;
        Values = values;
        transposed = new(() => Transposition.Apply(body.Linear, ParameterMask.None(read.Length).Concat(ParameterMask.All(active.Ones))));
    }

    /// <summary>The function's results.</summary>
    internal Expr[] Values { get; }

    /// <summary>Splits a function; at the top level its primal part runs at once.</summary>
    internal static LinearPart At(string operation, Func<Expr[], Expr[]> f, Expr[] x, ParameterMask? asked, IReadOnlyList<string>? paths)
    {
        Traced traced = Traced.Over(operation, x, f, paths);
        ParameterMask mask = Leaves.WithTangents(x, asked);
        Graph graph = traced.Close();
        LinearizedBody split = Linearization.Apply(graph, Leaves.Active(mask, graph));
        Expr[] operands = [.. x, .. traced.Captured];
        Expr[] results = Building.Inline(split.Primal, operands);
        Observer.RunAtTop(results, operands);
        Expr[] values = results[..traced.Results.Length];
        return new(operation, paths, x, mask, split, values, [.. split.Forwarded.Choose(operands), .. results[values.Length..]]);
    }

    /// <summary>The tangents of the values for tangents of the arguments.</summary>
    internal Expr[] Push(Expr[] dx)
    {
        Expr[] directions = Leaves.Directions(operation, "tangent", [.. x.Select(leaf => leaf.Handle.Type)], active, dx, paths);
        Expr?[] tangents = body.Tangents.Spread(Building.Inline(body.Linear, [.. read, .. directions]));
        Expr[] results = Differential.Filled(Values, tangents);
        Observer.RunAtTop(results, directions);
        return results;
    }

    /// <summary>The cotangents of the arguments for cotangents of the values.</summary>
    internal Expr[] Pull(Expr[] cotangents)
    {
        var mask = new ParameterMask(Values.Select(value => value.Handle.Type.HasTangent));
        Leaves.Directions(operation, "cotangent", [.. Values.Select(value => value.Handle.Type)], mask, cotangents, null);
        Expr[] given = [.. body.Tangents.Choose(cotangents)];
        Expr?[] found = active.Spread(Building.Inline(transposed.Value.Graph, [.. read, .. given]));
        Expr[] results = [.. found.Select((cotangent, i) => cotangent ?? x[i])];
        Observer.RunAtTop(results, given);
        return results;
    }
}
