using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>Makes one axis of neighbouring axes that a whole body treats alike: loops then run over it at once, and need no index along each.</summary>
/// <remarks>
/// Memory stays as it is, so buffers of the body and of what it becomes are the same. All pairs of neighbouring axes count as joined until a
/// node tells them apart; what is found for one value holds for all of its shape, so that a group keeps one space.
/// </remarks>
internal sealed class JoinAxes
{
    /// <summary>For values of each shape, whether an axis and the next are one.</summary>
    private readonly Dictionary<Shape, bool[]> pairs = [];
    private bool changed;

    /// <summary>The body with fewer axes; itself where none can be joined.</summary>
    internal static Graph Apply(Graph body)
    {
        var found = new JoinAxes();
        do
        {
            found.changed = false;
            found.SettleResults(body);
            foreach (Node node in body.Nodes)
            {
                found.Settle(node);
            }
        }
        while (found.changed);
        return found.pairs.Values.Any(joined => joined.Contains(true)) ? found.Rebuild(body) : body;
    }

    private bool[] PairsOf(Value value)
    {
        if (!pairs.TryGetValue(value.Tensor.Shape, out bool[]? joined))
        {
            pairs[value.Tensor.Shape] = joined = new bool[Math.Max(value.Tensor.Shape.Rank - 1, 0)];
            Array.Fill(joined, true);
        }

        return joined;
    }

    /// <summary>Leading axes that the results share are joined in all or in none, and to none behind them.</summary>
    private void SettleResults(Graph body)
    {
        Value first = body.Results[0];
        foreach (Value result in body.Results)
        {
            int common = first.Tensor.Shape.Zip(result.Tensor.Shape).TakeWhile(pair => pair.First == pair.Second).Count();
            for (int i = 0; i < common - 1; i++)
            {
                Meet(first, i, result, i);
            }

            foreach (Value value in (ReadOnlySpan<Value>)[first, result])
            {
                if (common > 0 && common < value.Tensor.Shape.Rank)
                {
                    Part(value, common - 1);
                }
            }
        }
    }

    private void Settle(Node node)
    {
        switch (node.Primitive)
        {
            case ElementwisePrimitive:
                break;
            case Broadcast broadcast:
                Settle(node.Operands[0], node.Result, broadcast.Axes);
                break;
            case ReduceSum or ReduceMax or ReduceMin:
                Axes along = NestSpace.AxesOf(node);
                Settle(node.Result, node.Operands[0], along.Others(node.Operands[0].Tensor.Shape.Rank));
                break;
            default:
                foreach (Value value in node.Operands.Add(node.Result))
                {
                    for (int i = 0; i < PairsOf(value).Length; i++)
                    {
                        Part(value, i);
                    }
                }

                break;
        }
    }

    /// <summary>Of two values one has some axes of the other: those stay neighbours, and no axis that both have joins one that they have not.</summary>
    private void Settle(Value few, Value all, Axes places)
    {
        for (int i = 0; i < PairsOf(few).Length; i++)
        {
            if (places[i + 1] != places[i] + 1)
            {
                Part(few, i);
            }
            else
            {
                Meet(few, i, all, places[i]);
            }
        }

        int[] known = [.. places];
        for (int k = 0; k < PairsOf(all).Length; k++)
        {
            int here = Array.IndexOf(known, k);
            int next = Array.IndexOf(known, k + 1);
            if ((here < 0) != (next < 0) || (here >= 0 && next != here + 1))
            {
                Part(all, k);
            }
        }
    }

    private void Meet(Value left, int i, Value right, int k)
    {
        if (PairsOf(left)[i] != PairsOf(right)[k])
        {
            Part(left, i);
            Part(right, k);
        }
    }

    private void Part(Value value, int pair)
    {
        changed |= PairsOf(value)[pair];
        PairsOf(value)[pair] = false;
    }

    private Graph Rebuild(Graph body)
    {
        var substitution = new Substitution();
        ImmutableArray<Value> parameters = [.. body.Parameters.Select(parameter => Value.Parameter(parameter.Tensor with { Shape = ShapeOf(parameter) }))];
        for (int i = 0; i < parameters.Length; i++)
        {
            substitution[body.Parameters[i]] = parameters[i];
        }

        foreach (Node node in body.Nodes)
        {
            substitution[node.Result] = Node.Make(PrimitiveOf(node), substitution.Of(node.Operands), node.Origin).Result;
        }

        return new(parameters, substitution.Of(body.Results));
    }

    private Primitive PrimitiveOf(Node node) => node.Primitive switch
    {
        Broadcast broadcast => new Broadcast(
            ShapeOf(node.Result),
            new(Firsts(node.Operands[0]).Select(axis => PlaceOf(node.Result, broadcast.Axes[axis])))),
        ReduceSum sum => new ReduceSum(Joined(node.Operands[0], sum.Axes)),
        ReduceMax max => new ReduceMax(Joined(node.Operands[0], max.Axes)),
        ReduceMin min => new ReduceMin(Joined(node.Operands[0], min.Axes)),
        _ => node.Primitive,
    };

    private Axes Joined(Value value, Axes axes) => new(axes.Select(axis => PlaceOf(value, axis)).Distinct());

    /// <summary>The axes that begin one of the new shape.</summary>
    private IEnumerable<int> Firsts(Value value) => Enumerable.Range(0, value.Tensor.Shape.Rank).Where(axis => axis == 0 || !PairsOf(value)[axis - 1]);

    /// <summary>Which of the new axes an axis is part of.</summary>
    private int PlaceOf(Value value, int axis) => PairsOf(value).Take(axis).Count(joined => !joined);

    private Shape ShapeOf(Value value)
    {
        var extents = new List<Extent>();
        for (int axis = 0; axis < value.Tensor.Shape.Rank; axis++)
        {
            Extent extent = value.Tensor.Shape[axis];
            if (axis > 0 && PairsOf(value)[axis - 1])
            {
                extents[^1] *= extent;
            }
            else
            {
                extents.Add(extent);
            }
        }

        return new(extents);
    }
}
