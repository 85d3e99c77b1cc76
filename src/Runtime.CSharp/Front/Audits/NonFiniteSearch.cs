using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Birth = Adjoint.Front.Audits.NonFiniteWatch.Birth;

namespace Adjoint.Front.Audits;

/// <summary>Finds where numbers that are not finite are born, in a function and its derivative.</summary>
internal sealed class NonFiniteSearch(Subject subject)
{
    private readonly NonFiniteWatch watch = new();
    private readonly HashSet<Node> forward = new(ReferenceEqualityComparer.Instance);

    internal NonFinite Run()
    {
        string? note = null;
        HostValue[] outputs;
        try
        {
            outputs = subject.Active.Any ? RunBoth() : watch.Start(subject.Graph, subject.Values);
        }
        catch (DerivativeException error)
        {
            note = $"The derivative was not run: {error.Message}";
            outputs = watch.Start(subject.Graph, subject.Values);
        }

        string[] names = Names();
        int[] bad = [.. Enumerable.Range(0, outputs.Length).Where(i => Finite.HasBad(outputs[i]))];
        Birth? end = bad.Select(i => watch.SourceOf(outputs[i])).OfType<Birth>().FirstOrDefault();
        if (bad.Length == 0 && watch.First is { } hidden)
        {
            note = $"On the way {Described(hidden)} That is finite again further on, and reaches neither result nor derivative.";
        }

        return new([.. bad.Select(i => $"{names[i]} ({Kind(outputs[i])})")], Data(bad.Length > 0), [.. ChainTo(end).Select(Told)], note);
    }

    private HostValue[] RunBoth()
    {
        Graph both = subject.Backward();
        var results = new Graph(both.Parameters, both.Results[..subject.Graph.Results.Length]);
        forward.UnionWith(results.Nodes);
        return watch.Start(both, [.. subject.Values, .. subject.Seeds()]);
    }

    /// <summary>What the results and the gradients are called.</summary>
    private string[] Names()
    {
        int count = subject.Graph.Results.Length;
        return
        [
            .. Enumerable.Range(0, count).Select(i => count == 1 ? "the value" : $"result {i}"),
            .. subject.Active.Indices.Select(i => $"the gradient in {subject.NameOf(i)}"),
        ];
    }

    /// <summary>What is not finite in the arguments and, where it has consequences, among the constants.</summary>
    private string[] Data(bool reached)
    {
        IEnumerable<string> arguments = subject.Values.Select((value, i) => (value, i))
            .Where(item => Finite.HasBad(item.value))
            .Select(item => Argument((NDArray)item.value, subject.NameOf(item.i)));
        return reached && watch.Constant is { Primitive: Constant constant } node
            ? [.. arguments, NodeText.At($"the constant {Finite.Number(constant.Value)}", node.Origin)]
            : [.. arguments];
    }

    private static string Argument(NDArray array, string name)
    {
        int at = Finite.FirstNaN(array) is var nan and >= 0 ? nan : Finite.FirstBad(array);
        string index = Finite.IndexText(array.Shape, at);
        return $"{name} is {Finite.Number(array.At(at))}{(index.Length == 0 ? "" : $" at {index}")}";
    }

    private static string Kind(HostValue value)
    {
        var array = (NDArray)value;
        int at = Finite.FirstNaN(array) is var nan and >= 0 ? nan : Finite.FirstBad(array);
        return $"{Finite.Number(array.At(at))}{(array.Shape.Rank == 0 ? "" : $" at {Finite.IndexText(array.Shape, at)}")}";
    }

    private string Described(Birth birth) =>
        $"{NodeText.At(birth.Node.Primitive.Name, birth.Node.Origin)}, gives {Finite.Number(birth.Result.At(birth.Element))}.";

    /// <summary>The births that lead to one, first to last.</summary>
    private static List<Birth> ChainTo(Birth? end)
    {
        var chain = new List<Birth>();
        for (; end is not null && !chain.Contains(end); end = end.Cause)
        {
            chain.Insert(0, end);
        }

        return chain;
    }

    private NonFiniteBirth Told(Birth birth)
    {
        Origin origin = birth.Node.Origin;
        Node? home = subject.HomeOf(origin);
        bool isForward = IsForward(birth, home);
        NonFinitePartner? partner = isForward || Owner(birth, home) is not { } owner ? null : PartnerOf(owner, birth);
        return new(
            NodeText.Typed(birth.Node),
            origin.Scope,
            origin.File,
            origin.Line,
            !isForward,
            [.. Place.Outwards(birth.Where).Select(place => place.Text)],
            Finite.Indices(birth.Result.Shape, birth.Element),
            Finite.Number(birth.Result.At(birth.Element)),
            [.. birth.Operands.Select(operand => NodeText.Element(operand, birth.Result.Shape, birth.Element))],
            partner,
            Advice.ForNonFinite(home ?? birth.Node, birth.Result.At(birth.Element)));
    }

    /// <summary>A loop that keeps residuals is another node than the user's, but its body runs the user's operations beside the rules'.</summary>
    private bool IsForward(Birth birth, Node? home) =>
        (forward.Count == 0 || forward.Contains(Place.Outwards(birth.Where).LastOrDefault()?.Holder ?? birth.Node))
        && (home is null || (birth.Node.Primitive.Equals(home.Primitive)
            && birth.Node.Operands.Select(operand => operand.Type).SequenceEqual(home.Operands.Select(operand => operand.Type))));

    /// <summary>The user's operation to whose derivative a node belongs; for a node of a custom rule that is the custom function.</summary>
    private Node? Owner(Birth birth, Node? home) => home is not null && !ReferenceEquals(home, birth.Node)
        ? home
        : Place.Outwards(birth.Where).Select(place => subject.HomeOf(place.Holder.Origin)).FirstOrDefault(node => node is not null);

    private NonFinitePartner PartnerOf(Node home, Birth birth)
    {
        var probe = new OperandProbe(home, birth.Where);
        probe.Start(subject.Graph, subject.Values);
        return new(
            NodeText.Typed(home),
            home.Origin.Scope,
            home.Origin.File,
            home.Origin.Line,
            [.. (probe.Operands ?? []).Select(operand => NodeText.Element(operand, birth.Result.Shape, birth.Element))]);
    }
}
