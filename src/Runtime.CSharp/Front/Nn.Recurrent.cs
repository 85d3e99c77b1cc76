using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <content>
/// Recurrent layers. Gates lie side by side in the last axis of the weights [.., gates hidden] and are ordered and composed as PyTorch's;
/// its matrices are the transposes of these.
/// </content>
public static partial class Nn
{
    /// <summary>tanh(x W + h U + b): x [N, inputs], h [N, hidden], to the next h.</summary>
    public static Expr RnnCell(Expr x, Expr h, Expr input, Expr state, Expr bias) =>
        RnnStep(Gates("rnn", x, input, bias, 1, state), h, state);

    /// <summary>
    /// The next h and c (Hochreiter and Schmidhuber 1997; Gers et al. 2000): gates i, f, g, o of x W + h U + b,
    /// c' = σ(f) c + σ(i) tanh g, h' = σ(o) tanh c'. The bias is the sum of PyTorch's two.
    /// </summary>
    public static (Expr H, Expr C) LstmCell(Expr x, Expr h, Expr c, Expr input, Expr state, Expr bias) =>
        LstmStep(Gates("lstm", x, input, bias, 4, state), h, c, state);

    /// <summary>
    /// The next h (Cho et al. 2014, in the form of cuDNN, PyTorch and Keras's reset_after): gates r, z, n of x W + b and of h U + b',
    /// n = tanh(n + σ(r) n'), h' = (1 − σ(z)) n + σ(z) h.
    /// </summary>
    public static Expr GruCell(Expr x, Expr h, Expr input, Expr state, Expr bias, Expr stateBias) =>
        GruStep(Gates("gru", x, input, bias, 3, state), h, state, stateBias);

    /// <summary>A plain recurrent layer along axis 0: xs [T, N, inputs], h [N, hidden], to all states [T, N, hidden] and the last.</summary>
    /// <param name="xs">The sequences.</param>
    /// <param name="h">The first state.</param>
    /// <param name="input">[inputs, hidden].</param>
    /// <param name="state">[hidden, hidden].</param>
    /// <param name="bias">[hidden].</param>
    /// <param name="reverse">From the last place to the first; states still lie at their place.</param>
    public static (Expr States, Expr Last) Rnn(Expr xs, Expr h, Expr input, Expr state, Expr bias, bool reverse = false)
    {
        Expr gates = Gates("rnn", xs, input, bias, 1, state);
        (Expr last, Expr states) = Flow.Scan((h, g) => RnnStep(g, h, state) is var next ? (next, next) : default, h, gates, reverse);
        return (states, last);
    }

    /// <summary>A long short-term memory along axis 0: xs [T, N, inputs], h and c [N, hidden], to all h [T, N, hidden] and the last h, c.</summary>
    /// <param name="xs">The sequences.</param>
    /// <param name="h">The first state.</param>
    /// <param name="c">The first memory.</param>
    /// <param name="input">[inputs, 4 hidden].</param>
    /// <param name="state">[hidden, 4 hidden].</param>
    /// <param name="bias">[4 hidden].</param>
    /// <param name="reverse">From the last place to the first; states still lie at their place.</param>
    public static (Expr States, Expr H, Expr C) Lstm(
        Expr xs, Expr h, Expr c, Expr input, Expr state, Expr bias, bool reverse = false)
    {
        Expr gates = Gates("lstm", xs, input, bias, 4, state);
        (Expr[] last, Expr[] states) = Flow.Scan(
            (held, slice) => LstmStep(slice[0], held[0], held[1], state) is var (h, c) ? ([h, c], [h]) : default,
            [h, c],
            [gates],
            null,
            reverse);
        return (states[0], last[0], last[1]);
    }

    /// <summary>Gated recurrent units along axis 0: xs [T, N, inputs], h [N, hidden], to all states [T, N, hidden] and the last.</summary>
    /// <param name="xs">The sequences.</param>
    /// <param name="h">The first state.</param>
    /// <param name="input">[inputs, 3 hidden].</param>
    /// <param name="state">[hidden, 3 hidden].</param>
    /// <param name="bias">[3 hidden], beside the input.</param>
    /// <param name="stateBias">[3 hidden], beside the state.</param>
    /// <param name="reverse">From the last place to the first; states still lie at their place.</param>
    public static (Expr States, Expr Last) Gru(
        Expr xs, Expr h, Expr input, Expr state, Expr bias, Expr stateBias, bool reverse = false)
    {
        Expr gates = Gates("gru", xs, input, bias, 3, state);
        (Expr last, Expr states) = Flow.Scan(
            (h, g) => GruStep(g, h, state, stateBias) is var next ? (next, next) : default, h, gates, reverse);
        return (states, last);
    }

    private static Expr RnnStep(Expr gates, Expr h, Expr state) => (gates + h.MatMul(state)).Tanh();

    private static (Expr H, Expr C) LstmStep(Expr gates, Expr h, Expr c, Expr state)
    {
        Expr[] all = (gates + h.MatMul(state)).Split(4, -1);
        Expr next = (all[1].Sigmoid() * c) + (all[0].Sigmoid() * all[2].Tanh());
        return (all[3].Sigmoid() * next.Tanh(), next);
    }

    private static Expr GruStep(Expr gates, Expr h, Expr state, Expr stateBias)
    {
        Expr[] own = gates.Split(3, -1);
        Expr[] held = Dense(h, state, stateBias).Split(3, -1);
        Expr update = (own[1] + held[1]).Sigmoid();
        Expr candidate = (own[2] + ((own[0] + held[0]).Sigmoid() * held[2])).Tanh();
        return candidate + (update * (h - candidate));
    }

    /// <summary>x W + b for all places at once: what does not wait for the state.</summary>
    private static Expr Gates(string layer, Expr x, Expr input, Expr bias, int gates, Expr state)
    {
        bool fits = state.Rank == 2 && input.Rank == 2 && x.Rank >= 1 && input.Shape[0] == x.Shape[^1]
            && input.Shape[1] == state.Shape[1] && state.Shape[1].Value == gates * state.Shape[0].Value
            && bias.Rank == 1 && bias.Shape[0] == state.Shape[1];
        return fits ? x.MatMul(input) + bias : throw new ShapeException(
            $"{layer}: input is {x.Type}, its weight is {input.Type}, the state's is {state.Type}, bias is {bias.Type}; "
                + $"[.., inputs], [inputs, {gates} hidden], [hidden, {gates} hidden] and [{gates} hidden] are wanted.").Here();
    }
}
