using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>What a box of a picture stands for.</summary>
internal enum BoxKind
{
    Parameter,
    Operation,
    Holder,
    Result,

    /// <summary>A bend of a long link.</summary>
    Bend,
}

/// <summary>One box of a picture, and where it lies in its scene.</summary>
internal sealed class Box(BoxKind kind, string title, string detail, string hint)
{
    internal BoxKind Kind { get; } = kind;

    internal string Title { get; } = title;

    internal string Detail { get; } = detail;

    internal string Hint { get; } = hint;

    /// <summary>The bodies that it holds, from left to right.</summary>
    internal List<Scene> Inner { get; } = [];

    internal int Layer { get; set; }

    internal double X { get; set; }

    internal double Y { get; set; }

    internal double Width { get; set; }

    internal double Height { get; set; }

    internal double Middle => X + (Width / 2);
}

/// <summary>A link from a box to one further down, through bends.</summary>
internal sealed record Link(Box From, Box To)
{
    internal List<Box> Bends { get; } = [];

    /// <summary>All boxes on the way.</summary>
    internal IEnumerable<Box> Stops => [From, .. Bends, To];
}

/// <summary>A graph as boxes and links; bodies are scenes inside boxes.</summary>
internal sealed class Scene
{
    private const int MostParts = 4;

    private Scene(string title) => Title = title;

    internal string Title { get; }

    internal List<Box> Boxes { get; } = [];

    internal List<Link> Links { get; } = [];

    internal double Width { get; set; }

    internal double Height { get; set; }

    /// <summary>The scene of a graph. A body that several operations share is drawn once.</summary>
    internal static Scene Of(Graph graph) => Of("", graph, []);

    private static Scene Of(string title, Graph graph, Dictionary<Body, int> drawn)
    {
        var scene = new Scene(title);
        var boxes = new Dictionary<Value, Box>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < graph.Parameters.Length; i++)
        {
            Value value = graph.Parameters[i];
            boxes[value] = scene.Add(new(BoxKind.Parameter, string.IsNullOrEmpty(value.Name) ? $"argument {i}" : ValueNames.Readable(value.Name), $"{value.Type}", ""));
        }

        foreach (Node node in graph.Nodes.Where(node => !ValueNames.IsLiteral(node)))
        {
            Box box = scene.Add(Of(node, drawn));
            foreach (Value result in node.Results)
            {
                boxes[result] = box;
            }

            scene.Connect(node.Operands, boxes, box);
        }

        for (int i = 0; i < graph.Results.Length; i++)
        {
            Value value = graph.Results[i];
            string number = graph.Results.Length == 1 ? "result" : $"result {i}";
            string literal = value.Producer is { } producer && ValueNames.IsLiteral(producer) ? $": {new ValueNames()[value]}" : "";
            Box box = scene.Add(new(BoxKind.Result, number + literal, $"{value.Type}", ""));
            scene.Connect([value], boxes, box);
        }

        return scene;
    }

    private static Box Of(Node node, Dictionary<Body, int> drawn)
    {
        var names = new ValueNames();
        string[] literals =
        [
            .. node.Operands.Where(operand => operand.Producer is { } producer && ValueNames.IsLiteral(producer)).Select(operand => names[operand]),
        ];
        string title = literals.Length == 0 ? node.Primitive.Name : $"{node.Primitive.Name} {string.Join(' ', literals)}";
        string detail = string.Join(", ", node.Results.Take(MostParts).Select(result => result.Type)) + (node.Results.Length > MostParts ? ", …" : "");
        (string Name, Body Body)[] bodies = [.. GraphSize.BodiesOf(node.Primitive)];
        var box = new Box(bodies.Length == 0 ? BoxKind.Operation : BoxKind.Holder, title, detail, node.Origin.ToString());
        foreach ((string name, Body body) in bodies)
        {
            bool again = !drawn.TryAdd(body, drawn.Count + 1);
            string numbered = $"{name} (body {drawn[body]})";
            box.Inner.Add(again ? new($"{numbered}, drawn before") : Of(numbered, body.Graph, drawn));
        }

        return box;
    }

    private Box Add(Box box)
    {
        Boxes.Add(box);
        return box;
    }

    private void Connect(IEnumerable<Value> operands, Dictionary<Value, Box> boxes, Box box)
    {
        foreach (Box from in operands.Select(operand => boxes.GetValueOrDefault(operand)).OfType<Box>().Distinct())
        {
            Links.Add(new(from, box));
        }
    }
}
