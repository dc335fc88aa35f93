/* What the browser does by itself: the address follows the controls, links do not reload, an ended session says so. */
(function () {
  "use strict";
  const config = JSON.parse(document.getElementById("_dash-config").textContent);
  const prefix = config.requests_pathname_prefix;

  // An answer 401 to a callback, or 403 without a token, means that the session is over: go where one can begin anew.
  const fetched = window.fetch;
  window.fetch = async function (resource, options) {
    const response = await fetched.call(window, resource, options);
    if (String(resource.url || resource).includes("/_dash-")) {
      const here = location.pathname + location.search;
      if (response.status === 401) location.assign(prefix + "login?next=" + encodeURIComponent(here));
      if (response.status === 403 && (await response.clone().text()).includes("no_token")) location.reload();
    }
    return response;
  };

  function go(href) {
    history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  // Links to pages of the desk stay in the page.
  document.addEventListener("click", function (event) {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#") || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const url = new URL(link.href, location.href);
    const pages = /^(where|block|what-if|what-next|sure|data)?$/;
    if (url.origin !== location.origin || !url.pathname.startsWith(prefix) || link.target === "_blank") return;
    if (!pages.test(url.pathname.slice(prefix.length))) return;
    event.preventDefault();
    if (link.dataset.carry !== undefined) { // what this page asks goes along
      const settings = Object.assign(Object.fromEntries(new URLSearchParams(location.search)),
        Object.fromEntries(new URLSearchParams(link.dataset.carry)));
      url.search = query(settings);
    }
    go(url.pathname + url.search);
  }, true);

  function cookie(name) {
    const found = document.cookie.split("; ").find((each) => each.startsWith(name + "="));
    return found ? found.slice(name.length + 1) : "";
  }

  document.addEventListener("click", async function (event) {
    if (!(event.target.closest && event.target.closest("#log-out"))) return;
    await fetched(prefix + "logout", {method: "POST", headers: {"X-CSRFToken": cookie(config.csrf_token_name)}});
    location.assign(prefix + "login");
  });

  // A grid is one stop for its headings and one for its cells, within which the arrow keys move; Enter follows a link.
  const STOPS = "a[href], button:not(:disabled), input:not(:disabled), summary, [tabindex]";

  function beyond(grid, back) {
    const side = back ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
    const stops = [...document.querySelectorAll(STOPS)].filter((each) => each.tabIndex >= 0 && !grid.contains(each) &&
      each.checkVisibility() && grid.compareDocumentPosition(each) & side);
    return back ? stops.pop() : stops[0];
  }

  document.addEventListener("keydown", function (event) {
    const cell = event.target.closest && event.target.closest(".ag-cell, .ag-header-cell");
    if (!cell || event.target.closest(".ag-popup")) return;
    const grid = cell.closest(".ag-root-wrapper"), head = cell.matches(".ag-header-cell");
    if (event.key === "Enter" && !head) {
      const link = cell.querySelector("a[href]");
      if (link) link.click();
    }
    if (event.key !== "Tab") return;
    const inside = head && !event.shiftKey ? ".ag-row .ag-cell" : !head && event.shiftKey ? ".ag-header-cell" : null;
    const next = inside ? grid.querySelector(inside) : beyond(grid, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }, true);

  // Dash gives the input of an upload no name; it is what stands around it.
  new MutationObserver(function () {
    document.querySelectorAll("input[type=file]:not([aria-label])").forEach(function (input) {
      input.setAttribute("aria-label", input.parentElement.textContent.trim());
      if (input.parentElement.querySelector("button")) input.tabIndex = -1; // the button is enough
    });
  }).observe(document.documentElement, {childList: true, subtree: true});

  // A query from settings; empty ones and defaults are left out so that equal views have equal addresses.
  function query(settings) {
    const keys = Object.keys(settings).filter((key) => key !== "lang").sort();
    const pairs = (settings.lang ? ["lang"] : []).concat(keys);
    const text = pairs.map((key) => key + "=" + encodeURIComponent(settings[key]).replace(/%3A/g, ":").replace(/%2C/g, ","));
    return text.length ? "?" + text.join("&") : "";
  }

  let waiting = null, resting = null, settling = null, last = null, wanted = null, asking = false;

  // One question at a time, and of those that came meanwhile the latest.
  async function ask(values) {
    wanted = values;
    if (asking) return;
    asking = true;
    while (wanted) {
      const body = JSON.stringify({search: location.search, values: wanted});
      wanted = null;
      try {
        const headers = {"Content-Type": "application/json", "X-CSRFToken": cookie(config.csrf_token_name)};
        const response = await fetched(prefix + "curve", {method: "POST", headers: headers, body: body});
        if (response.ok) show((await response.json()).curves);
      } catch (error) { /* the page's own way follows and says what is wrong */ }
    }
    asking = false;
  }

  function show(curves) {
    const plot = document.querySelector("#curves .js-plotly-plot");
    if (!plot) return;
    const lines = [], bands = [];
    plot.data.forEach((trace, at) => (trace.meta === "mean" ? lines : bands).push(at));
    if (lines.length !== curves.length) return;
    if (bands.some((at) => plot.data[at].visible !== false)) window.Plotly.restyle(plot, {visible: false}, bands);
    window.Plotly.restyle(plot, {y: curves}, lines);
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    desk: {
      // Controls -> address. `rules`: {defaults: {key: value}, lists: {key: [value of each position]}}.
      push: function (values, ids, search, rules) {
        const none = window.dash_clientside.no_update;
        if (!ids.length || !rules) return [none, none];
        const settings = Object.fromEntries(new URLSearchParams(search || ""));
        const before = query(settings), old = Object.assign({}, settings);
        ids.forEach(function (id, at) {
          let value = values[at];
          const list = (rules.lists || {})[id.key];
          if (list) value = list[value];
          if (Array.isArray(value)) value = value.join(",");
          if (value === true) value = "1";
          const standard = (rules.defaults || {})[id.key];
          if (value === null || value === undefined || value === "" || value === false ||
              String(value) === String(standard)) delete settings[id.key];
          else settings[id.key] = String(value);
        });
        const after = query(settings);
        if (after === before) return [none, none];
        const changed = Object.keys(Object.assign({}, old, settings)).filter((key) => old[key] !== settings[key]);
        const pushed = {search: after, keys: changed};
        if (rules.quiet) { // dragged many times a second: the address follows when the hand rests
          clearTimeout(waiting);
          waiting = setTimeout(function () {
            window.dash_clientside.set_props("pushed", {data: pushed});
            window.dash_clientside.set_props("url", {search: after});
          }, 400);
          return [none, none];
        }
        return [after, pushed];
      },
      lang: function (values, search) {
        const lang = values[0];
        const settings = Object.fromEntries(new URLSearchParams(search || ""));
        if (!lang || settings.lang === lang) return window.dash_clientside.no_update;
        settings.lang = lang;
        return query(settings);
      },
      // Another reader is another network: the page begins anew, and nothing of the one before stays in it.
      as: function (values, search) {
        const turned = window.dash_clientside.callback_context.triggered[0];
        const settings = Object.fromEntries(new URLSearchParams(search || ""));
        if (turned && turned.value && turned.value !== (settings.as || "steward")) {
          settings.as = turned.value;
          if (settings.as === "steward") delete settings.as;
          location.search = query(settings);
        }
        return window.dash_clientside.no_update;
      },
      screen: function (kept) {
        const dark = kept ? kept === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
        document.body.dataset.agThemeMode = dark ? "dark" : "light"; // the grid's own name for it
        return [{dark: dark, narrow: window.matchMedia("(max-width: 700px)").matches}, dark ? "dark" : "light"];
      },
      theme: function (clicks, scheme) {
        if (!clicks) return window.dash_clientside.no_update;
        return scheme === "dark" ? "light" : "dark";
      },
      burger: function (opened, navbar) {
        return Object.assign({}, navbar, {collapsed: {mobile: !opened}});
      },
      close: function () { return false; },
      rates: function (values, ids, shown, units) {
        const now = Object.fromEntries(ids.map((id, at) => [id.key, values[at]]));
        return shown.map((id, at) => Number(now["r." + id.key]).toFixed(3) + " " + (units[at] || ""));
      },
      // A rate under the hand moves the curve at once, by a short way; everything else follows when the hand rests.
      settle: function (values, ids, count) {
        const now = Object.fromEntries(ids.map((id, at) => [id.key, values[at]]));
        const changed = Object.keys(now).filter((key) => !last || now[key] !== last[key]);
        const dragged = last && changed.length === 1 && changed[0].startsWith("r.");
        last = now;
        clearTimeout(settling);
        if (!("metric" in now)) return window.dash_clientside.no_update;
        if (!dragged) return (count || 0) + 1;
        ask(now);
        settling = setTimeout(function () {
          if (document.getElementById("curves")) window.dash_clientside.set_props("settled", {data: (count || 0) + 1});
        }, 600);
        return window.dash_clientside.no_update;
      },
      // A question is simulated once the hand rests.
      rest: function (asked) {
        clearTimeout(resting);
        resting = setTimeout(function () {
          if (document.getElementById("curves")) window.dash_clientside.set_props("follow", {data: asked});
        }, 1200);
        return window.dash_clientside.no_update;
      },
      // Of the fields of several questions, those of one.
      only: function (ask, ids) {
        return ids.map((id) => id.ask === ask ? {} : {display: "none"});
      },
      name: function (data) {
        if (!data) return window.dash_clientside.no_update;
        document.title = data.title;
        document.documentElement.lang = data.lang;
        Object.entries(data.named).forEach(([id, name]) => document.getElementById(id).setAttribute("aria-label", name));
        document.getElementById("skip").textContent = data.skip;
        return window.dash_clientside.no_update;
      },
    },
  });

  window.dashMantineFunctions = Object.assign(window.dashMantineFunctions || {}, {
    listed: function (value, options) { return options.list[value]; },
    percent: function (value) { return (100 * value).toFixed(1) + " %"; },
  });

  window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
  window.dashAgGridComponentFunctions.Linked = function (props) {
    const to = props.data && props.data["_href"];
    return to ? React.createElement("a", {href: to}, props.value) : props.value || "";
  };
  window.dashAgGridComponentFunctions.Share = function (props) {
    const share = props.data && props.data["_" + props.colDef.field];
    const bar = typeof share === "number"
      ? React.createElement("span", {className: "bar", style: {width: (100 * Math.min(1, share)) + "%"}}) : null;
    return React.createElement("span", {className: "share"}, bar, React.createElement("span", {}, props.value || ""));
  };
})();
