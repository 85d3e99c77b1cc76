using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Finds what loops and branches hand through: carries that no step changes become constants, and so do inputs that repeat one slice.</summary>
/// <remarks>
/// A result that is an operand, the same in every step, or the same as another result is read from there; operands that stand twice are
/// read once. What is read no more is left for <see cref="RemoveUnread"/>. Nothing is computed otherwise than before.
/// </remarks>
internal static class SettleLoops
{
    /// <summary>The graph, in bodies too, whose loops carry only what changes.</summary>
    public static Graph Apply(Graph graph)
    {
        // Parameters that are read as one make results the same, and operands of what is inside: each such find may bring the next.
        Graph before;
        do
        {
            before = graph;
            graph = new Rewriter(Settled).Apply(before);
        }
        while (graph != before);

        return graph;
    }

    private static ImmutableArray<Value> Settled(Node node) => Region.Of(node.Primitive) is { } region
        ? new Settlement(node, region).Run()
        : node.Results;

    private sealed class Settlement
    {
        private readonly Node node;
        private readonly Region region;
        private readonly Graph step;
        private readonly List<(int Parameter, Value Operand)> constants = [];
        private readonly List<int> carries = [];
        private readonly List<int> slices = [];
        private readonly Dictionary<int, int> twins = [];
        private readonly Dictionary<int, Value> literals = [];

        internal Settlement(Node node, Region region)
        {
            this.node = node;
            this.region = region;
            step = region.Bodies[0].Graph;
        }

        internal ImmutableArray<Value> Run()
        {
            for (int i = region.FirstConstant; i < region.FirstCarry; i++)
            {
                constants.Add((i, Operand(i)));
            }

            SortCarries();
            SortSlices();
            FindTwins();
            Node settled = Rebuilt();
            return [.. node.Results.Select((_, i) => Result(i, settled))];
        }

        private Value Operand(int parameter) => node.Operands[region.Lead + parameter];

        private void SortCarries()
        {
            for (int i = region.FirstCarry; i < region.FirstSlice; i++)
            {
                Value next = step.Results[i - region.FirstCarry];
                if (next == step.Parameters[i])
                {
                    constants.Add((i, Operand(i)));
                }
                else if (Uniform.Of(next) is { } number && Uniform.Of(Operand(i)) == number)
                {
                    literals.Add(i, next);
                    constants.Add((i, Operand(i)));
                }
                else
                {
                    carries.Add(i);
                }
            }
        }

        private void SortSlices()
        {
            for (int i = region.FirstSlice; i < region.Parameters; i++)
            {
                if (Operand(i).Producer is { Primitive: Broadcast broadcast } repeated && !broadcast.Axes.Contains(0))
                {
                    Value slice = Ops.Broadcast(
                        repeated.Operands[0], broadcast.Shape.Remove(0), new Axes(broadcast.Axes.Select(axis => axis - 1)));
                    constants.Add((i, slice));
                    if (Uniform.IsLiteral(slice))
                    {
                        literals.Add(i, slice);
                    }
                }
                else
                {
                    slices.Add(i);
                }
            }
        }

        /// <summary>Parameters that are the same in every step as one before.</summary>
        private void FindTwins()
        {
            var first = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
            foreach ((int parameter, Value operand) in constants)
            {
                Pair(first, operand, parameter);
            }

            first.Clear();
            foreach (int i in slices)
            {
                Pair(first, Operand(i), i);
            }

            foreach (IGrouping<(Value, Value), int> same in carries.GroupBy(i => (Operand(i), step.Results[i - region.FirstCarry])))
            {
                foreach (int i in same.Skip(1))
                {
                    twins.Add(i, same.First());
                }
            }
        }

        private void Pair(Dictionary<Value, int> first, Value operand, int parameter)
        {
            if (!first.TryAdd(operand, parameter))
            {
                twins.Add(parameter, first[operand]);
            }
        }

        private Node Rebuilt()
        {
            int[] order = [.. Enumerable.Range(0, region.FirstConstant), .. constants.Select(constant => constant.Parameter), .. carries, .. slices];
            ImmutableArray<Body> bodies = [.. region.Bodies.Select((body, i) => Rebuilt(body, order, i < region.ResultBodies))];
            if (bodies.AsSpan().SequenceEqual(region.Bodies.AsSpan(), ReferenceEqualityComparer.Instance))
            {
                return node;
            }

            return Node.Make(
                region.With(bodies, constants.Count, carries.Count),
                [
                    .. node.Operands.Take(region.Lead + region.FirstConstant),
                    .. constants.Select(constant => constant.Operand),
                    .. carries.Concat(slices).Select(Operand),
                ],
                node.Origin);
        }

        private Body Rebuilt(Body body, int[] order, bool givesResults)
        {
            var substitution = new Substitution();
            foreach ((int parameter, int twin) in twins)
            {
                substitution[body.Graph.Parameters[parameter]] = body.Graph.Parameters[twin];
            }

            foreach ((int parameter, Value literal) in literals)
            {
                substitution[body.Graph.Parameters[parameter]] = literal;
            }

            foreach (Node inner in body.Graph.Nodes)
            {
                substitution.Apply(inner);
            }

            ImmutableArray<Value> results = substitution.Of(body.Graph.Results);
            bool moved = carries.Count != region.Carries || constants.Count != region.Constants;
            if (!moved && results == body.Graph.Results)
            {
                return body;
            }

            IEnumerable<Value> outputs = givesResults
                ? carries.Select(i => results[i - region.FirstCarry]).Concat(results.Skip(region.Carries))
                : results;
            return new Graph([.. order.Select(i => body.Graph.Parameters[i])], [.. outputs]);
        }

        /// <summary>What stands for a result, from outside where it is known there.</summary>
        private Value Result(int result, Node settled)
        {
            if (!region.IsLoop)
            {
                return KnownOfBranches(result) ?? settled.Results[result];
            }

            Value value = step.Results[result];
            if (result >= region.Carries)
            {
                int same = step.Results.IndexOf(value, region.Carries);
                return Known(value) ?? settled.Results[carries.Count + same - region.Carries];
            }

            int place = carries.IndexOf(region.FirstCarry + result);
            if (place < 0)
            {
                return Operand(region.FirstCarry + result);
            }

            return twins.TryGetValue(carries[place], out int twin) ? settled.Results[carries.IndexOf(twin)] : settled.Results[place];
        }

        /// <summary>A result that is no carry, where operands give it.</summary>
        private Value? Known(Value value)
        {
            int parameter = step.Parameters.IndexOf(value);
            if (slices.Contains(parameter))
            {
                return Operand(parameter);
            }

            Value? same = constants.Where(constant => constant.Parameter == parameter).Select(constant => constant.Operand).FirstOrDefault()
                ?? (Uniform.Of(value) is null ? null : value);
            return same is null ? null : Repeated(same, ((Scan)node.Primitive).Length);
        }

        private Value? KnownOfBranches(int result)
        {
            int parameter = step.Parameters.IndexOf(step.Results[result]);
            if (parameter >= 0)
            {
                bool all = region.Bodies.All(body => body.Graph.Results[result] == body.Graph.Parameters[parameter]);
                return all ? Operand(parameter) : null;
            }

            Value value = step.Results[result];
            return Uniform.Of(value) is { } number && region.Bodies.All(body => Uniform.Of(body.Graph.Results[result]) == number) ? value : null;
        }

        private static Value Repeated(Value slice, int length) => Ops.Broadcast(
            slice, slice.Tensor.Shape.Insert(0, length), new Axes(Enumerable.Range(1, slice.Tensor.Rank)));
    }
}
