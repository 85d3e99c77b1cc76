using Adjoint.Core;
using Adjoint.Front;

namespace Adjoint.Examples.CSharpTraining;

/// <summary>A network of two hidden layers. Its parameters are an array of expressions: a weight and a bias for each layer.</summary>
public static class Classifier
{
    private static readonly int[] Widths = [2, 32, 32, 2];

    /// <summary>Parameters before anything is learned.</summary>
    public static Expr[] Create(Expr key) =>
    [
        .. Enumerable.Range(0, Widths.Length - 1).SelectMany(layer => new[]
        {
            Init.HeNormal(Rng.FoldIn(key, layer), Shape.Of(Widths[layer], Widths[layer + 1])),
            Tensors.Zeros(DType.F32, Widths[layer + 1]),
        }),
    ];

    /// <summary>How much speaks for each class, [n, 2], of points [n, 2].</summary>
    public static Expr Logits(Expr[] model, Expr points)
    {
        Expr x = points;
        for (int layer = 0; layer < model.Length / 2; layer++)
        {
            x = Nn.Dense(layer == 0 ? x : x.Relu(), model[2 * layer], model[(2 * layer) + 1]);
        }

        return x;
    }

    /// <summary>The mean of −ln p of the true classes.</summary>
    public static Expr MeanLoss(Expr[] model, Expr points, Expr labels) => Loss.CrossEntropy(Logits(model, points), labels).Mean();

    /// <summary>The share of points that are told rightly.</summary>
    public static double Accuracy(Expr[] model, Expr points, Expr labels)
    {
        Expr right = Logits(model, points).ArgMax(1).Equal(labels.Cast(DType.I64));
        return right.Cast(DType.F64).Mean().Item<double>();
    }
}
