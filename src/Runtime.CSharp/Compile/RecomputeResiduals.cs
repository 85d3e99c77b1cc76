using System.Collections.Immutable;
using Adjoint.Compile.Residuals;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Has loops keep fewer bytes for the loops that run back over them: what is cheap to compute again from the rest is not kept.</summary>
/// <remarks>
/// The steps of a derivative's backward loop read what the forward loop has remembered. Which values are remembered is chosen anew by
/// <see cref="ResidualPlan"/>; the others are computed in the backward step by the same operations on the same numbers, so they are the
/// same to the bit. What is remembered and read no more is left for <see cref="RemoveUnread"/>.
/// </remarks>
internal static class RecomputeResiduals
{
    /// <summary>The graph, in bodies too, whose loops remember what pays.</summary>
    public static Graph Apply(Graph graph) => new EachGraph(inner => new Replanning(inner).Run()).Apply(graph);

    private sealed class Replanning(Graph graph)
    {
        private readonly Reading reading = new(graph);
        private readonly Substitution substitution = new();
        private readonly Dictionary<Node, List<Order>> orders = new(ReferenceEqualityComparer.Instance);

        internal Graph Run()
        {
            foreach (Node node in graph.Nodes)
            {
                Node now = Reader(node);
                Replace(node, now);
                if (Region.Of(now.Primitive) is { IsLoop: true } region)
                {
                    Plan(node, now, region);
                }
            }

            ImmutableArray<Value> results = substitution.Of(graph.Results);
            return results == graph.Results ? graph : new(graph.Parameters, results);
        }

        private void Replace(Node node, Node now)
        {
            for (int i = 0; i < node.Results.Length && node != now; i++)
            {
                substitution[node.Results[i]] = now.Results[i];
            }
        }

        /// <summary>The node on what stands for its operands, computing again what it was told.</summary>
        private Node Reader(Node node)
        {
            Node now = substitution.Apply(node);
            if (!orders.TryGetValue(node, out List<Order>? told))
            {
                return now;
            }

            var reader = new LoopReader(now);
            foreach (Order order in told)
            {
                reader.Recompute(order.Loop, order.Now, order.Plan, order.Places, order.Read);
            }

            return reader.Made();
        }

        /// <summary>Plans what a loop keeps, and tells its readers.</summary>
        private void Plan(Node node, Node now, Region region)
        {
            var original = new ForwardLoop(node, Region.Of(node.Primitive)!);
            var loop = ReferenceEquals(node, now) ? original : new ForwardLoop(now, region);
            var asked = new Dictionary<int, List<(Node Node, int Operand)>>();
            for (int i = 0; i < node.Results.Length; i++)
            {
                if (loop.Remembered(i) is { Type: TensorType } && reading.StepwiseReaders(original, i) is { } readers)
                {
                    asked.Add(i, readers);
                }
            }

            bool Others(int result) => !asked.ContainsKey(result) && reading.IsRead(node.Results[result]);
            if (asked.Count == 0 || ResidualPlan.Of(loop, asked.Keys, Others) is not { } plan)
            {
                return;
            }

            (Node keeping, Dictionary<Value, int> places) = Keeping(loop, plan);
            Replace(node, keeping);
            foreach (IGrouping<Node, (Node, int Operand, Value Value)> reader in asked
                .SelectMany(item => item.Value.Select(reader => (reader.Node, reader.Operand, Value: loop.Remembered(item.Key)!)))
                .Where(item => !plan.Kept.TryGetValue(item.Value, out int result) || result < 0)
                .GroupBy(item => item.Node))
            {
                List<Order> list = orders.TryGetValue(reader.Key, out List<Order>? known) ? known : orders[reader.Key] = [];
                list.Add(new(loop, keeping, plan, places, [.. reader.Select(item => (item.Operand, item.Value))]));
            }
        }

        /// <summary>The loop that also remembers what it did not, behind its results; and the result for each value that is kept.</summary>
        private static (Node Node, Dictionary<Value, int> Places) Keeping(ForwardLoop loop, ResidualPlan plan)
        {
            var places = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
            List<Value> added = [];
            foreach ((Value value, int result) in plan.Kept)
            {
                places[value] = result >= 0 ? result : loop.Node.Results.Length + added.Count;
                if (result < 0)
                {
                    added.Add(value);
                }
            }

            return (added.Count == 0 ? loop.Node : loop.IsScan ? Stacking(loop, added) : Putting(loop, added), places);
        }

        private static Node Stacking(ForwardLoop loop, List<Value> added)
        {
            var step = new Graph(loop.Step.Parameters, [.. loop.Step.Results, .. added]);
            return Node.Make(loop.Region.With([step], loop.Region.Constants, loop.Region.Carries), loop.Node.Operands, loop.Node.Origin);
        }

        private static Node Putting(ForwardLoop loop, List<Value> added)
        {
            ImmutableArray<StackType> types = [.. added.Select(value => new StackType(value.Type))];
            ImmutableArray<Body> bodies = [.. loop.Region.Bodies.Select((body, i) =>
            {
                ImmutableArray<Value> stacks = [.. types.Select(type => Value.Parameter(type))];
                IEnumerable<Value> puts = i > 0 ? [] : added.Select((value, k) => Ops.StackPut(stacks[k], loop.Index!, value));
                return (Body)new Graph([.. body.Graph.Parameters, .. stacks], [.. body.Graph.Results, .. puts]);
            })];
            return Node.Make(
                loop.Region.With(bodies, loop.Region.Constants, loop.Region.Carries + added.Count),
                [.. loop.Node.Operands, .. types.Select(Ops.StackEmpty)],
                loop.Node.Origin);
        }
    }

    /// <summary>What a reader is told: of which loop it has what, and what it computes again for which operands.</summary>
    private sealed record Order(
        ForwardLoop Loop, Node Now, ResidualPlan Plan, Dictionary<Value, int> Places, List<(int Operand, Value Value)> Read);
}
